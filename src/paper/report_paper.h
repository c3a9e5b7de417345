/* A report as a paper: headings, paragraphs, figures as links. */
#ifndef FAZHI_PAPER_REPORT_PAPER_H
#define FAZHI_PAPER_REPORT_PAPER_H

#include "figures/report.h"
#include "paper/paper.h"

/* `figure_path`: where a figure's page stands, e.g. "/figures/"; the name and ?period= are put behind. Empty: no links. */
struct paper *report_paper(struct arena *a, const struct report_text *text, struct str organ, struct date date,
                           struct str figure_path);

#endif
