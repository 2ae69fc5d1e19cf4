"""Published studies repeated on our data; run by `evenkeel study`, never imported by what serves."""
