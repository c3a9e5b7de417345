/* All addresses of the program. */
#include "web/app.h"
#include "web/page_act.h"
#include "web/page_admin.h"
#include "web/page_api.h"
#include "web/page_definition.h"
#include "web/page_figure.h"
#include "web/page_find.h"
#include "web/page_home.h"
#include "web/page_import.h"
#include "web/page_issued.h"
#include "web/page_list.h"
#include "web/page_parameters.h"
#include "web/page_record.h"
#include "web/page_report.h"
#include "web/page_sign.h"
#include "web/page_tree.h"

const struct route app_routes[] = {
    {"GET", "/", page_home, 0},
    {"GET", "/sign-in", page_sign_in, ROUTE_PUBLIC},
    {"POST", "/sign-in", page_sign_in_post, ROUTE_PUBLIC | ROUTE_PASSWORD},
    {"POST", "/sign-out", page_sign_out, 0},
    {"GET", "/account", page_account, 0},
    {"POST", "/account", page_account_post, ROUTE_PASSWORD},
    {"POST", "/elder", page_elder, 0},
    {"GET", "/search", page_search, 0},
    {"GET", "/lookup/:register", page_lookup, 0},
    {"GET", "/r/:register", page_list, 0},
    {"GET", "/r/:register/export", page_list_export, ROUTE_SLOW},
    {"GET", "/r/:register/new", page_new, 0},
    {"POST", "/r/:register/new", page_new_post, ROUTE_UPLOAD | ROUTE_ACT},
    {"GET", "/r/:register/:id", page_record, 0},
    {"GET", "/r/:register/:id/act/:act", page_act, 0},
    {"POST", "/r/:register/:id/act/:act", page_act_post, ROUTE_UPLOAD | ROUTE_ACT},
    {"GET", "/r/:register/:id/files/:digest", page_file, ROUTE_SLOW},
    {"GET", "/import", page_import_list, 0},
    {"GET", "/import/:register", page_import, 0},
    {"POST", "/import/:register", page_import_try, ROUTE_SHEET | ROUTE_SLOW},
    {"POST", "/import/:register/go", page_import_go, ROUTE_SLOW},
    {"GET", "/import/:register/job/:id", page_import_job, 0},
    {"GET", "/import/:register/faulty/:digest", page_import_faulty, ROUTE_SLOW},
    {"GET", "/definitions", page_definitions, 0},
    {"GET", "/definitions/issue", page_issue, 0},
    {"POST", "/definitions/issue", page_issue_post, ROUTE_UPLOAD | ROUTE_SLOW},
    {"GET", "/definitions/withdraw", page_withdraw, 0},
    {"POST", "/definitions/withdraw", page_withdraw_post, ROUTE_SLOW},
    {"GET", "/definitions/issued", page_issued, 0},
    {"GET", "/definitions/issued/:code/:number", page_issued_set, 0},
    {"GET", "/definitions/issued/:code/:number/*", page_issued_file, 0},
    {"GET", "/definitions/:register", page_definition, 0},
    {"GET", "/calculator", page_calculator, ROUTE_PUBLIC},
    {"GET", "/figures", page_figures, 0},
    {"GET", "/figures/:name", page_figure, 0},
    {"GET", "/reports", page_reports, 0},
    {"GET", "/reports/check", page_report_check, 0},
    {"POST", "/reports/check", page_report_check_post, ROUTE_UPLOAD | ROUTE_SLOW},
    {"GET", "/reports/:name/:period", page_report, 0},
    {"GET", "/reports/:name/:period/file", page_report_file, ROUTE_SLOW},
    {"GET", "/reports/:name/:period/fix", page_report_fix, 0},
    {"POST", "/reports/:name/:period/fix", page_report_fix_post, ROUTE_SLOW},
    {"GET", "/reports/:name/:period/fixed/:id", page_report_fixed, 0},
    {"GET", "/parameters", page_parameters, 0},
    {"GET", "/parameters/:name", page_parameter, 0},
    {"POST", "/parameters/:name", page_parameter_post, 0},
    {"GET", "/tree", page_tree, 0},
    {"GET", "/tree/export", page_tree_export, 0},
    {"GET", "/tree/reports", page_tree_reports, 0},
    {"GET", "/tree/offices/:code/figures/:name", page_tree_records, 0},
    {"GET", "/tree/offices/:code/reports/:name/:period", page_tree_text, 0},
    {"GET", "/admin/users", page_users, 0},
    {"GET", "/admin/users/new", page_user_new, 0},
    {"POST", "/admin/users/new", page_user_new_post, ROUTE_PASSWORD},
    {"GET", "/admin/users/:name", page_user, 0},
    {"POST", "/admin/users/:name", page_user_post, 0},
    {"GET", "/admin/users/:name/:what", page_user_do, 0},
    {"POST", "/admin/users/:name/:what", page_user_do_post, ROUTE_PASSWORD},
    {"GET", "/admin/orgs", page_orgs, 0},
    {"GET", "/admin/orgs/new", page_org_new, 0},
    {"POST", "/admin/orgs/new", page_org_new_post, 0},
    {"GET", "/admin/orgs/:id", page_org, 0},
    {"POST", "/admin/orgs/:id", page_org_post, 0},
    {"GET", "/admin/audit", page_audit, 0},
    {"GET", "/admin/deadlines", page_deadlines, ROUTE_SLOW},
    {"POST", "/admin/deadlines", page_deadlines_post, ROUTE_SLOW},
    {"GET", "/api/r/:register", page_api_list, ROUTE_API},
    {"GET", "/api/r/:register/:id", page_api_record, ROUTE_API},
    {"POST", "/api/r/:register/acts/create", page_api_create, ROUTE_API | ROUTE_ACT},
    {"POST", "/api/r/:register/:id/acts/:act", page_api_act, ROUTE_API | ROUTE_ACT},
    {"GET", "/assets/:name", http_asset, ROUTE_PUBLIC | ROUTE_QUICK},
};
const size_t app_route_count = sizeof app_routes / sizeof *app_routes;
