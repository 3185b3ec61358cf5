package sim

import (
	"maps"
	"slices"
	"strings"

	"github.com/robfig/cron/v3"

	"tarn/lxd/schema"
	"tarn/lxd/sim/product"
)

// knowsKey tells whether the server has a config key.
func (s *Server) knowsKey(key schema.Key) bool { return key.Known(s.product.Schema, s.has) }

// own is a config key as the server has it.
func (s *Server) own(key schema.Key) schema.Key { return key.On(s.product.Schema, s.has) }

// checkPoolConfig says what is wrong with a pool's config.
func (s *Server) checkPoolConfig(driver string, config map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(config)) {
		key, ok := schema.PoolKey(driver, name)
		if !ok || !s.knowsKey(key) {
			return serverError("Invalid option %q", name)
		}
		if err := checkValue(s.own(key), config[name]); err != nil {
			return serverError("Invalid value for option %q: %v", name, err)
		}
	}
	return nil
}

// checkVolumeConfig says what is wrong with a custom volume's config. name is what the server stores the volume as.
func (s *Server) checkVolumeConfig(driver, contentType, name string, config map[string]string) error {
	for _, option := range slices.Sorted(maps.Keys(config)) {
		key, ok := schema.VolumeKey(driver, contentType, option)
		if key = s.own(key); !ok || !s.knowsKey(key) || key.Content != "" && key.Content != contentType {
			return serverError("Invalid option for volume %q option %q", name, option)
		}
		if err := checkValue(key, config[option]); err != nil {
			return serverError("Invalid value for volume %q option %q: %v", name, option, err)
		}
	}
	return nil
}

// checkValue is Key.Check in the server's words.
func checkValue(key schema.Key, value string) error {
	// The options of a volume's file system are any text for the server: what the kernel does not take shows when it is mounted.
	// Those of a btrfs pool are tried at once.
	if key.Kind == schema.MountOptions && strings.HasSuffix(key.Name, "block.mount_options") || key.Check(value) == nil {
		return nil
	}
	switch key.Kind {
	case schema.Bool:
		return serverError("Invalid value for a boolean %q", value)
	case schema.Size, schema.Blocksize:
		return sizeError(value)
	case schema.Expiry:
		return serverError("Invalid expiry expression")
	case schema.Schedule:
		return scheduleError(value)
	case schema.Cron:
		return serverError("Error parsing cron expr: %s", value)
	case schema.Enum:
		return serverError("Invalid value %q (not one of %s)", value, key.Values)
	}
	return serverError("Invalid value: %s", value)
}

// sizeError words what the server says of a size that it does not take.
func sizeError(value string) error {
	digits := strings.TrimRight(value, "BkKMGTPEi")
	if _, err := schema.ParseSize(digits); err == nil && digits != value {
		if _, err := schema.ParseSize("1" + value[len(digits):]); err == nil {
			unit, _ := schema.ParseSize("1" + value[len(digits):])
			return serverError("Overflow multiplying %s with %d", digits, unit)
		}
	}
	return serverError("Invalid value: %s", value)
}

func scheduleError(value string) error {
	if strings.HasPrefix(value, "@") || len(strings.Split(value, " ")) != 5 {
		return serverError("Schedule must be of the form: <minute> <hour> <day-of-month> <month> <day-of-week>")
	}
	_, err := cron.ParseStandard(strings.ToLower(value))
	return serverError("Error parsing schedule: %v", err)
}

// fillVolume gives config with the defaults of the pool that it does not set itself, as the server copies them into a new
// volume.
func (s *Server) fillVolume(pool *Pool, contentType string, config map[string]string) map[string]string {
	filled := withoutEmpty(config)
	for option, value := range pool.Config {
		name, ok := strings.CutPrefix(option, "volume.")
		if !ok || filled[name] != "" {
			continue
		}
		d, known := schema.Lookup(pool.Driver)
		if !known {
			continue
		}
		if _, ok := d.Inherited(contentType, name); ok {
			filled[name] = value
		}
	}
	for _, option := range []string{"block.filesystem", "block.mount_options"} {
		key, ok := schema.VolumeKey(pool.Driver, contentType, option)
		if ok && s.knowsKey(key) && contentType == schema.Filesystem && filled[option] == "" {
			filled[option] = key.Default
		}
	}
	return filled
}

const volatileUUID = "volatile.uuid" // of each volume and snapshot, with the extension for it

// withUUID gives config a UUID if the server has one for each volume and snapshot.
func (s *Server) withUUID(config map[string]string) map[string]string {
	if s.has(product.VolumeUUIDs) {
		config[volatileUUID] = newUUID()
	}
	return config
}

// withoutEmpty is config as the server keeps it: without empty values.
func withoutEmpty(config map[string]string) map[string]string {
	kept := maps.Clone(nonNil(config))
	maps.DeleteFunc(kept, func(_, value string) bool { return value == "" })
	return kept
}

func isTrueOr(value string, unset bool) bool {
	if value == "" {
		return unset
	}
	yes, _ := schema.ParseBool(value)
	return yes
}

// deviceBytes is how large a block volume is made.
func deviceBytes(contentType string, config map[string]string) int64 {
	if contentType != schema.Block {
		return 0
	}
	size, _ := schema.ParseSize(config["size"])
	if size == 0 {
		size = schema.DeviceDefault
	}
	return schema.DeviceBytes(size)
}

// nonNil is a map, or an empty one in place of nil.
func nonNil[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		m = map[K]V{}
	}
	return m
}
