package remote_test

import (
	"fmt"

	"tarn/lxd"
	"tarn/lxd/remote"
)

func ExampleFind() {
	environment := map[string]string{"HOME": "/nowhere", "LXD_SOCKET": "/run/lxd.socket"}
	found, err := remote.Find("local", func(name string) string { return environment[name] })
	if err != nil {
		fmt.Println(err)
		return
	}
	client, err := found.Connect(lxd.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	fmt.Println(client.Address())
	// Output: unix:/run/lxd.socket
}
