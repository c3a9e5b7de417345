#include "paper/fonts.h"

#include <assert.h>
#include <cairo-ft.h>
#include <ft2build.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include FT_FREETYPE_H

#include "paper/fonts_inside.h"

/* One FreeType library a font: cairo may keep a face in its caches longer than we do and drop it from any thread,
 * so fonts must not share a library. */
struct font {
    FT_Face face;
    cairo_font_face_t *cairo; /* owns the library */
};

enum { FALLBACK_MAX = 4, FONT_MAX = PAPER_FACE_COUNT + FALLBACK_MAX, NAME_MAX_COUNT = 6 };

struct paper_fonts {
    pthread_mutex_t lock;
    struct font fonts[FONT_MAX]; /* the faces, then the fallbacks */
    unsigned count;
};

static const struct {
    const char *label;
    const char *files[NAME_MAX_COUNT]; /* in order of preference */
} faces[PAPER_FACE_COUNT] = {
    [PAPER_FANG] = {"仿宋", {"仿宋_GB2312.ttf", "simfang.ttf", "FandolFang-Regular.otf"}},
    [PAPER_KAI] = {"楷体", {"楷体_GB2312.ttf", "simkai.ttf", "FandolKai-Regular.otf"}},
    [PAPER_HEI] = {"黑体", {"simhei.ttf", "FandolHei-Regular.otf"}},
    [PAPER_SONG] = {"宋体", {"simsun.ttf", "FandolSong-Regular.otf"}},
    [PAPER_BIAO] = {"小标宋", {"方正小标宋简体.ttf", "方正小标宋简.TTF", "FZXBSJW.TTF", "FandolSong-Bold.otf"}},
};

static const struct {
    const char *file;
    const char *family; /* the wanted one of a collection; NULL for the first */
} fallbacks[FALLBACK_MAX] = {
    {"NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC"},
    {"NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"},
    {"HanaMinA.ttf", NULL},
    {"HanaMinB.ttf", NULL},
};

static const char *const default_folders[] = {
    "/usr/share/fazhi/fonts",
    "/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol",
    "/usr/share/texmf/fonts/opentype/public/fandol",
    "/usr/share/fonts/opentype/fandol",
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/truetype/hanazono",
};

static void drop_library(void *library)
{
    FT_Done_FreeType(library);
}

static bool open_face(struct font *font, FT_Library library, const char *path, const char *family)
{
    for (FT_Long i = 0, n = 1; i < n; i++) {
        FT_Face face;
        if (FT_New_Face(library, path, i, &face)) return false;
        n = face->num_faces;
        if (!family || (face->family_name && strcmp(face->family_name, family) == 0)) {
            font->face = face;
            return true;
        }
        FT_Done_Face(face);
    }
    return false;
}

static bool open_font(struct font *font, const char *path, const char *family)
{
    static const cairo_user_data_key_t key;
    FT_Library library;
    if (access(path, R_OK) != 0 || FT_Init_FreeType(&library)) return false;
    if (!open_face(font, library, path, family)) {
        FT_Done_FreeType(library);
        return false;
    }
    font->cairo = cairo_ft_font_face_create_for_ft_face(font->face, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP);
    if (cairo_font_face_set_user_data(font->cairo, &key, library, drop_library) != CAIRO_STATUS_SUCCESS) {
        cairo_font_face_destroy(font->cairo);
        FT_Done_FreeType(library);
        return false;
    }
    return true;
}

/* Tries folder + name; the path is built in a fixed buffer since fonts outlive every arena. */
static bool open_in(struct font *font, const char *folder, const char *file, const char *family)
{
    char path[4096];
    size_t folder_len = strlen(folder), file_len = strlen(file);
    if (folder_len + file_len + 2 > sizeof path) return false;
    memcpy(path, folder, folder_len);
    path[folder_len] = '/';
    memcpy(path + folder_len + 1, file, file_len + 1);
    return open_font(font, path, family);
}

static bool open_file(struct font *font, const char *const *folders, size_t count, const char *file, const char *family)
{
    for (size_t i = 0; i < count; i++) {
        if (open_in(font, folders[i], file, family)) return true;
    }
    for (size_t i = 0; i < sizeof default_folders / sizeof *default_folders; i++) {
        if (open_in(font, default_folders[i], file, family)) return true;
    }
    return false;
}

static bool open_paper_face(struct paper_fonts *fonts, const char *const *folders, size_t count, int face)
{
    for (size_t i = 0; i < NAME_MAX_COUNT && faces[face].files[i]; i++) {
        if (open_file(&fonts->fonts[fonts->count], folders, count, faces[face].files[i], NULL)) {
            fonts->count++;
            return true;
        }
    }
    return false;
}

struct paper_fonts *paper_fonts_open(const char *const *folders, size_t count, struct error *err)
{
    struct paper_fonts *fonts = calloc(1, sizeof *fonts);
    if (!fonts) abort();
    pthread_mutex_init(&fonts->lock, NULL);
    for (int face = 0; face < PAPER_FACE_COUNT; face++) {
        if (!open_paper_face(fonts, folders, count, face)) {
            paper_fonts_close(fonts);
            error_set(err, ERR_IO,
                      "找不到%s字体文件，请安装软件包 texlive-lang-chinese（Fandol 字体），或指定字体文件夹",
                      faces[face].label);
            return NULL;
        }
    }
    for (size_t i = 0; i < FALLBACK_MAX; i++) {
        if (open_file(&fonts->fonts[fonts->count], folders, count, fallbacks[i].file, fallbacks[i].family)) {
            fonts->count++;
        }
    }
    return fonts;
}

void paper_fonts_close(struct paper_fonts *fonts)
{
    if (!fonts) return;
    for (unsigned i = 0; i < fonts->count; i++) cairo_font_face_destroy(fonts->fonts[i].cairo);
    pthread_mutex_destroy(&fonts->lock);
    free(fonts);
}

void paper_fonts_lock(struct paper_fonts *fonts)
{
    pthread_mutex_lock(&fonts->lock);
}

void paper_fonts_unlock(struct paper_fonts *fonts)
{
    pthread_mutex_unlock(&fonts->lock);
}

cairo_font_face_t *paper_fonts_cairo(struct paper_fonts *fonts, unsigned font)
{
    assert(font < fonts->count);
    return fonts->fonts[font].cairo;
}

static bool measure(FT_Face face, struct paper_glyph *glyph)
{
    if (FT_Load_Glyph(face, glyph->glyph, FT_LOAD_NO_SCALE)) return false;
    double em = face->units_per_EM;
    const FT_Glyph_Metrics *m = &face->glyph->metrics;
    glyph->advance = (double)m->horiAdvance / em;
    glyph->left = (double)m->horiBearingX / em;
    glyph->right = (double)(m->horiBearingX + m->width) / em;
    glyph->top = (double)m->horiBearingY / em;
    glyph->bottom = (double)(m->horiBearingY - m->height) / em;
    return true;
}

static bool glyph_in(struct paper_fonts *fonts, unsigned font, uint32_t c, struct paper_glyph *glyph)
{
    FT_Face face = fonts->fonts[font].face;
    glyph->font = font;
    glyph->glyph = FT_Get_Char_Index(face, c);
    return glyph->glyph != 0 && measure(face, glyph);
}

bool paper_fonts_glyph(struct paper_fonts *fonts, enum paper_face face, uint32_t c, struct paper_glyph *glyph)
{
    if (glyph_in(fonts, face, c, glyph)) return true;
    for (unsigned i = PAPER_FACE_COUNT; i < fonts->count; i++) {
        if (glyph_in(fonts, i, c, glyph)) return true;
    }
    return false;
}
