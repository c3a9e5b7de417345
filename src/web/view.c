#include "web/view.h"

static const struct {
    const char *class, *label;
} badges[] = {
    [BADGE_PLAIN] = {"plain", ""},   [BADGE_NORMAL] = {"normal", "正常"}, [BADGE_SOON] = {"soon", "临期"},
    [BADGE_LATE] = {"late", "逾期"}, [BADGE_DONE] = {"done", "已完成"},   [BADGE_PAUSED] = {"paused", "中止"},
};

const char *view_badge_class(enum badge_kind kind)
{
    return badges[kind].class;
}

struct str view_badge_label(const struct badge_view *badge)
{
    return badge->label.len ? badge->label : str_from(badges[badge->kind].label);
}

static const struct {
    const char *class, *word;
} steps[] = {
    [STEP_TODO] = {"todo", "未到"},
    [STEP_NOW] = {"now", "当前阶段"},
    [STEP_DONE] = {"done", "已完成"},
    [STEP_SKIPPED] = {"skipped", "未经过"},
};

const char *view_step_class(enum step_state state)
{
    return steps[state].class;
}

const char *view_step_word(enum step_state state)
{
    return steps[state].word;
}

static const struct {
    const char *class, *word;
} days[] = {
    [STRIP_START] = {"start", "起算之日，不计入"},     [STRIP_COUNTED] = {"counted", "计入"},
    [STRIP_WEEKEND] = {"weekend", "休息日，不计入"},   [STRIP_HOLIDAY] = {"holiday", "法定节假日，不计入"},
    [STRIP_SUSPENDED] = {"suspended", "中止，不计入"},
};

const char *view_day_class(enum strip_kind kind)
{
    return days[kind].class;
}

const char *view_day_word(enum strip_kind kind)
{
    return days[kind].word;
}

const char *view_flash_class(enum flash_kind kind)
{
    static const char *const classes[] = {
        [FLASH_DONE] = "done", [FLASH_NOTE] = "note", [FLASH_WARN] = "warn", [FLASH_FAULT] = "fault"};
    return classes[kind];
}
