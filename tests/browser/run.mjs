import { runAll } from './harness.mjs';
import './gate.mjs';
import './matters.mjs';
import './import.mjs';
import './pages.mjs';
import './tree.mjs';

process.exitCode = await runAll();
