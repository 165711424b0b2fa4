package config_test

import (
	"fmt"

	"github.com/obmen-go/obmen/ecr/gateway/config"
)

func ExampleParse() {
	c, err := config.Parse([]byte(`<Configuration>
  <ListeningPort>8000</ListeningPort>
  <Connections>
    <Connection Id="0" Type="Serial" Path="COM22:115200" ReleasePort="false" Reconnect="2"/>
    <Connection Id="1" Type="Network" Path="192.168.0.89:9100" ReleasePort="false" Reconnect="2"/>
  </Connections>
</Configuration>`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range c.Devices() {
		fmt.Println(d.Port, "->", d.Address)
	}

	_, err = config.ParsePath(config.Network, "192.1678.0.55:9100")
	fmt.Println(err)
	// Output:
	// 8000 -> serial://COM22?baud=115200
	// 8001 -> tcp://192.168.0.89:9100
	// ecr: Path "192.1678.0.55:9100": "192.1678.0.55" is no IP address and no host name, write it as 192.168.0.89:9100, [::1]:9100 or till-3.shop.local:9100
}
