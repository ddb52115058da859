#include <errno.h>

#include <webp/decode.h>
#include <webp/demux.h>

#include "img/exif.h"
#include "img/still.h"

static int
orientation(const WebPDemuxer *demux)
{
	static const char start[] = "Exif\0";
	WebPChunkIterator exif;
	const unsigned char *p;
	int o = 0;

	if (WebPDemuxGetChunk(demux, "EXIF", 1, &exif)) {
		p = exif.chunk.bytes;
		/* some writers keep what begins a JPEG's APP1 */
		if (exif.chunk.size > sizeof start &&
		    memcmp(p, start, sizeof start) == 0)
			o = cd_exif_orientation(p, exif.chunk.size);
		else
			o = cd_exif_tiff_orientation(p, exif.chunk.size);
	}
	WebPDemuxReleaseChunkIterator(&exif);
	return o ? o : 1;
}

static int
fail(struct cd_err *e, VP8StatusCode why)
{
	if (why == VP8_STATUS_OUT_OF_MEMORY) {
		if (e)
			e->sys = ENOMEM;
		return cd_fail(e, "out of memory in libwebp");
	}
	return cd_fail(e,
	    why == VP8_STATUS_UNSUPPORTED_FEATURE ?
		"WebP of a kind that is not supported" :
		"the picture is cut or damaged");
}

/* One still picture to RGBA in out. */
static int
read_still(const unsigned char *data, size_t n, struct cd_buf *out,
    const struct cd_still *s, struct cd_err *e)
{
	WebPDecoderConfig c;
	VP8StatusCode got;

	if (!WebPInitDecoderConfig(&c))
		return cd_fail(e, "another libwebp than the one built with");
	c.output.colorspace = MODE_RGBA;
	c.output.is_external_memory = 1;
	c.output.u.RGBA.rgba = out->data;
	c.output.u.RGBA.stride = 4 * s->w;
	c.output.u.RGBA.size = (size_t)s->w * (size_t)s->h * 4;
	got = WebPDecode(data, n, &c);
	WebPFreeDecBuffer(&c.output);
	return got == VP8_STATUS_OK ? 0 : fail(e, got);
}

/* The first frame of an animation, on its canvas, to RGBA in out. */
static int
read_frame(const unsigned char *data, size_t n, struct cd_buf *out,
    const struct cd_still *s, struct cd_err *e)
{
	WebPData file = { data, n };
	WebPAnimDecoderOptions o;
	WebPAnimDecoder *d;
	unsigned char *canvas;
	int at, got;

	if (!WebPAnimDecoderOptionsInit(&o))
		return cd_fail(e, "another libwebp than the one built with");
	o.color_mode = MODE_RGBA;
	o.use_threads = 0;
	d = WebPAnimDecoderNew(&file, &o);
	if (!d)
		return fail(e, VP8_STATUS_BITSTREAM_ERROR);
	got = WebPAnimDecoderGetNext(d, &canvas, &at);
	if (got)
		memcpy(out->data, canvas, (size_t)s->w * (size_t)s->h * 4);
	WebPAnimDecoderDelete(d);
	return got ? 0 : fail(e, VP8_STATUS_BITSTREAM_ERROR);
}

static int
read_any(const struct cd_still_how *how, const unsigned char *data, size_t n,
    const WebPDemuxer *demux, struct cd_buf *out, struct cd_still *s,
    struct cd_err *e)
{
	s->w = (int)WebPDemuxGetI(demux, WEBP_FF_CANVAS_WIDTH);
	s->h = (int)WebPDemuxGetI(demux, WEBP_FF_CANVAS_HEIGHT);
	s->more = (WebPDemuxGetI(demux, WEBP_FF_FORMAT_FLAGS) &
		      ANIMATION_FLAG) != 0;
	s->orientation = orientation(demux);
	/* RGBA; a lossless picture's own; an animation's canvases; turned */
	if (cd_still_room(how, s->w, s->h, n, 4 + 4 + (s->more ? 8 : 0) + 3,
		out, e) < 0)
		return -1;
	return s->more ? read_frame(data, n, out, s, e) :
			 read_still(data, n, out, s, e);
}

int
cd_still_webp(const struct cd_still_how *how, const unsigned char *data,
    size_t n, struct cd_buf *out, struct cd_still *s, struct cd_err *e)
{
	WebPData file = { data, n };
	WebPDemuxer *demux = WebPDemux(&file);
	int r;

	if (!demux)
		return fail(e, VP8_STATUS_BITSTREAM_ERROR);
	r = read_any(how, data, n, demux, out, s, e);
	WebPDemuxDelete(demux);
	if (r == 0)
		cd_still_flatten(how, out, (size_t)s->w * (size_t)s->h);
	return r;
}
