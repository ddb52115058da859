# Headers that promise more than comes (promise 4): tests/hostile.py.
load helper

@test "hostile headers: refused, in memory by what came" {
	command -v python3 >/dev/null || skip "no python3"
	! sanitized || skip "a sanitizer has memory of its own"
	cp "$(make_samples 4 16)" good.trs
	cp "$(make_model 16)" model.trs
	cd-batch -n 2 good.trs >batches.trs
	cd-predict --model model.trs good.trs >predictions.trs
	"$ROOT/tests/hostile.py" >found || { cat found; false; }
	tail -n 1 found
	[ "$(awk 'END { print $1 }' found)" -ge 200 ]
}
