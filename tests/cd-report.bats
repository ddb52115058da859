# cd-report: what the page shows, that it is sound HTML, stands alone, escapes.

load helper

setup() {
	scratch
	command -v gnuplot >/dev/null || skip "no gnuplot"
}

_run_left() {
	mkdir "$1" && (
		cd "$1" || return
		cp "$(make_model 16)" model.trs
		cp "$(make_samples 4 16)" samples.trs
		cd-shuffle --epochs 2 samples.trs |
			cd-train -q -n 4 -j 1 --validate samples.trs \
				--history history.tsv model.trs
		cd-predict --model model.trs -o predictions.trs samples.trs
	) >&2
}

# all: the path of a folder with one file of each kind.
all() {
	made report-run _run_left
}

# page FILE: checks that it is sound and refers to nothing outside; prints its
# text.
page() {
	python3 - "$1" <<-'END'
	import html.parser, sys
	VOID = {"meta", "img", "br"}
	class Page(html.parser.HTMLParser):
	    def __init__(self):
	        super().__init__()
	        self.open, self.ids, self.refs, self.text = [], [], [], []
	    def handle_starttag(self, tag, attrs, alone=False):
	        names = [n for n, v in attrs]
	        assert len(names) == len(set(names)), attrs
	        a = dict(attrs)
	        if tag not in VOID and not alone:
	            self.open.append(tag)
	        assert tag not in ("script", "link", "iframe", "object"), tag
	        for n, v in attrs:
	            assert not n.startswith("on"), n
	            if n == "id":
	                self.ids.append(v)
	            if n in ("href", "xlink:href"):
	                assert v.startswith("#"), v
	                self.refs.append(v[1:])
	            if n == "src":
	                assert v.startswith("data:image/png;base64,"), v
	            if n == "aria-labelledby":
	                self.refs.append(v)
	            assert "http" not in v or n.startswith("xmlns"), (n, v)
	        if tag == "img":
	            assert a["alt"]
	        if tag == "th":
	            assert a["scope"] in ("row", "col")
	    def handle_startendtag(self, tag, attrs):
	        self.handle_starttag(tag, attrs, True)
	    def handle_endtag(self, tag):
	        assert self.open and self.open[-1] == tag, (tag, self.open)
	        self.open.pop()
	    def handle_data(self, data):
	        self.text.append(data)
	p = Page()
	text = open(sys.argv[1], encoding="utf-8").read()
	assert text.startswith("<!DOCTYPE html>\n")
	assert "@import" not in text and "url(http" not in text
	p.feed(text)
	p.close()
	assert not p.open, p.open
	assert len(p.ids) == len(set(p.ids)), sorted(p.ids)
	assert set(p.refs) <= set(p.ids), set(p.refs) - set(p.ids)
	print("\n".join(p.text))
	END
}

@test "keeps the contract of commands that read streams" {
	kept() {
		cat >kept.trs
		cd-report kept.trs "$@"
	}
	filter_contract --text --name cd-report kept
}

@test "all kinds of files, in any order: one sound page" {
	cd "$(all)"
	to=$BATS_TEST_TMPDIR
	cd-report --title 'Four & four' -o "$to/a.html" model.trs history.tsv \
		samples.trs predictions.trs
	page "$to/a.html" >"$to/text"
	cd-report --title 'Four & four' predictions.trs samples.trs \
		history.tsv model.trs | cmp - "$to/a.html"
	cd "$to"
	for word in 'Four & four' Results 'Predictions: predictions' Training \
		Data Net 'How it was made' 'ROC AUC' 'Most wrong' \
		'Confusion, a row for a true class' \
		'8 pictures of samples, drawn by chance'; do
		grep -cxF "$word" text
	done
	# as cd-eval and cd-info say it
	cd-eval "$(all)/predictions.trs" >said
	accuracy=$(awk '$1 == "accuracy" { print $2 }' said)
	grep -cx "$accuracy" text
	grep -cx "$(sed -n 's/.*interval \(.*\))/\1/p' said)" text
	cd-info --head "$(all)/model.trs" | sed -n 's/^\(made\|data\) //p' |
		while read -r line; do
			grep -cxF -e "$line" text || exit 1
		done
	# the net's text and table
	grep -cx 'pool max 2' text
	grep -c '^total *logistic' text
	# two curves of training, three of the predictions
	[ "$(grep -c '<svg' a.html)" -eq 5 ]
	# eight pictures twice, all of them
	[ "$(grep -o '<img' a.html | wc -l)" -eq 16 ]
	grep -c 'class="right"\|class="wrong"' a.html
}

@test "the pictures are those of the samples, and -n says how many" {
	cd "$BATS_TEST_TMPDIR"
	cd-report -n 1 "$(all)/samples.trs" "$(all)/predictions.trs" >a.html
	page a.html >text
	[ "$(grep -o '<img' a.html | wc -l)" -eq 2 ]
	key=$(cd-eval --worst 1 --tsv "$(all)/predictions.trs" |
		awk -F '\t' '$1 == "worst" { print $2 }')
	sed -n '/Most wrong/,/Data/p' text | grep -cxF "$key"
	grep -o 'base64,[^"]*' a.html | sed 's/.*,//;q' | base64 -d >p.png
	file p.png | grep -c 'PNG image data, 144 x 144'
	cd-select --key "$key" "$(all)/samples.trs" |
		cd-sheet --columns 1 -o want.png
	# the same pixels at the same place (in the middle of the cell)
	for x in 20 72 120; do
		[ "$("$CD_BUILD/tools/pixels" at "$x" 72 <p.png)" = \
		    "$("$CD_BUILD/tools/pixels" at "$x" 72 <want.png)" ]
	done
}

@test "every part may be missing" {
	local f
	for f in model.trs history.tsv samples.trs predictions.trs; do
		cd-report "$(all)/$f" >p.html
		page p.html >text
		[ -s text ]
	done
	cd-report "$(all)/history.tsv" >h.html
	page h.html | grep -cx 'pictures trained on'
	cut -f 1,4,5 "$(all)/history.tsv" >less.tsv
	cd-report less.tsv >h.html
	page h.html >text
	grep -cx epochs text
	[ "$(grep -cx 'pictures trained on' text || true)" -eq 0 ]
	# a stream without pictures
	probe empty <"$(all)/samples.trs" >empty.trs
	cd-report empty.trs >e.html
	page e.html
}

# odd: samples and predictions with names that mean something in HTML.
odd() {
	local key='</figure><script>alert(1)</script>"\x20onerror="x&amp;\xff'
	printf '%s\n' 'stream 1' 'head holds samples' 'head class <b>cat&' \
		"head class d'og\xfe\"" 'head made cd-x <i>--name "&\xff"' \
		"record SMPL 0 0 $key" 'tensor image u8 1 1 3' '1 2 3' \
		'tensor label i32' 1 "record SMPL 0 0 b" \
		'tensor image u8 1 1 3' '1 2 3' 'tensor label i32' 0 'end 0' |
		cd-text -r >"<u>.trs"
	printf '%s\n' 'stream 1' 'head holds predictions' \
		'head class <b>cat&' "head class d'og\xfe\"" \
		"record PRED 0 0 $key" 'tensor value f32 2' .7 .3 \
		'tensor label i32' 1 'record PRED 0 0 b' 'tensor value f32 2' \
		.6 .4 'tensor label i32' 0 'end 0' | cd-text -r >'p&.trs'
}

@test "names are escaped everywhere" {
	odd
	cd-report --title '<script>&' '<u>.trs' 'p&.trs' >a.html
	page a.html >text
	grep -cF '<script>&' text
	grep -cF 'd'"'"'og\xfe"' text
	grep -cF '</figure><script>alert(1)</script>" onerror="x&amp;\xff' text
	grep -cF 'cd-x <i>--name "&\xff"' text
	[ "$(grep -c '<script\|<b>\|<i>\|<u>' a.html || true)" -eq 0 ]
	iconv -f UTF-8 -t UTF-8 a.html >/dev/null
}

@test "several of a kind; samples belong to their predictions" {
	cd-select --class cat "$(all)/samples.trs" >cats.trs
	cd-select --class dog "$(all)/samples.trs" >dogs.trs
	cd-predict --model "$(all)/model.trs" dogs.trs >p.trs
	cp "$(all)/history.tsv" two.tsv
	cp "$(all)/model.trs" two.trs
	cd-report cats.trs dogs.trs p.trs "$(all)/predictions.trs" two.tsv \
		"$(all)/history.tsv" "$(all)/model.trs" two.trs >a.html
	page a.html >text
	grep -cx 'The net is that of model\.' text
	grep -c 'two: validation' text
	grep -c '^The 4 pictures of dogs to whose own class' text
}

@test "a page in a browser: no complaint, no sideways scrolling" {
	command -v chromium >/dev/null || skip "no chromium"
	[ "$(id -u)" -ne 0 ] || set -- --no-sandbox
	cd-report "$(all)"/*.{trs,tsv} >a.html
	cat >>a.html <<-'END'
	<script>
	console.log("width " + (document.documentElement.scrollWidth <=
		window.innerWidth));
	</script>
	END
	chromium --headless "$@" --disable-gpu --enable-logging=stderr \
		--window-size=500,900 --user-data-dir="$PWD/profile" \
		--dump-dom "file://$PWD/a.html" 2>log >dom
	grep -c 'CONSOLE.*width true' log
	[ "$(grep CONSOLE log | grep -vc 'width true' || true)" -eq 0 ]
}

@test "-o FILE: complete or not at all, and never an input" {
	cp "$(all)/samples.trs" s.trs
	cd-report -o a.html s.trs
	cp a.html want.html
	head -c 1000 s.trs >cut.trs
	fails_with 2 "cut.trs" cd-report -o a.html cut.trs
	cmp a.html want.html
	fails_with 2 "s.trs: --output and an input are one file" \
		cd-report -o s.trs s.trs
	cmp s.trs "$(all)/samples.trs"
	[ "$(find . -name 'a.html*' | wc -l)" -eq 1 ]
}

@test "what is refused" {
	fails_with 2 'no file to report on' cd-report
	fails_with 2 'a file is needed' cd-report - <"$(all)/samples.trs"
	fails_with 2 'none.trs: No such file' cd-report none.trs
	fails_with 2 'it is read more than once' \
		cd-report <(cat "$(all)/samples.trs")
	cd-batch -n 2 "$(all)/samples.trs" >b.trs
	fails_with 2 'b.trs: neither a model nor samples nor predictions' \
		cd-report b.trs
	echo text >x.txt
	fails_with 2 'x.txt: not a history of training' cd-report x.txt
	cd-text "$(all)/predictions.trs" | sed '/^tensor label/,+1d' |
		cd-text -r >bare.trs
	fails_with 2 'bare.trs: ' cd-report bare.trs
	mkdir bin
	ln -s "$CD_BIN/cd-report" bin
	fails_with 2 "cd-report: gnuplot is not installed" \
		env PATH="$PWD/bin" cd-report -o a.html "$(all)/history.tsv"
	[ ! -e a.html ]
	script -qec "cd-report '$(all)/samples.trs'" /dev/null >said \
		</dev/null || true
	grep -c "standard output is a terminal" said
}
