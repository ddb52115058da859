load helper

# shellcheck disable=SC2034 # name and in are the contract's
@test "cd-export is asked and answers as all commands do" {
	name=cd-export
	mkdir contract
	contract_usage cd-export
	in=$(make_model 16)
	cd-export --to onnx <"$in" >contract/first
	contract_output cd-export --to onnx
	fails_with 2 '--to is missing' cd-export m.trs
	fails_with 2 "'caffe' is not onnx" cd-export --to caffe m.trs
	fails_with 2 'one model-file at most' cd-export --to onnx a.trs b.trs
	fails_with 2 'nowhere.trs: No such file' \
		cd-export --to onnx nowhere.trs
}
