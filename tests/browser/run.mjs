import { runAll } from './harness.mjs';
import './gate.mjs';
import './matters.mjs';
import './import.mjs';
import './pages.mjs';

process.exitCode = await runAll();
