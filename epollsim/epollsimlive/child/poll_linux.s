// That this file exists allows poll_linux.go to declare functions without a body.
