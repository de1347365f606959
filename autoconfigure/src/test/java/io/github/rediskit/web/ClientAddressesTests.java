package io.github.rediskit.web;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.github.rediskit.setting.InvalidSettingException;
import io.github.rediskit.web.ClientAddresses.ForwardedHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Who is believed, and what an address is.
 */
class ClientAddressesTests {

	private static final ClientAddresses NOBODY = addresses(64);

	private static final ClientAddresses TRUSTING = addresses(64, "10.0.0.0/8", "fd00::/8", "192.0.2.1");

	@Test
	void aHeaderOfAPeerThatIsNotTrustedSaysNothing() {
		assertThat(client(NOBODY, "198.51.100.9", "203.0.113.7")).isEqualTo("198.51.100.9");
		assertThat(client(TRUSTING, "198.51.100.9", "203.0.113.7")).isEqualTo("198.51.100.9");
		assertThat(client(TRUSTING, "198.51.100.9", "10.0.0.1")).isEqualTo("198.51.100.9");
	}

	@Test
	void theRightMostHopThatIsNoTrustedProxyIsTheClient() {
		assertThat(client(TRUSTING, "10.1.2.3", "203.0.113.7")).isEqualTo("203.0.113.7");
		assertThat(client(TRUSTING, "10.1.2.3", "1.1.1.1, 203.0.113.7")).isEqualTo("203.0.113.7");
		assertThat(client(TRUSTING, "10.1.2.3", "1.1.1.1, 203.0.113.7, 10.9.9.9,192.0.2.1")).isEqualTo("203.0.113.7");
		assertThat(client(TRUSTING, "10.1.2.3", "1.1.1.1", "203.0.113.7, 10.9.9.9")).isEqualTo("203.0.113.7");
	}

	@Test
	void whereAllHopsAreTrustedTheFirstOfThemIsTheClient() {
		assertThat(client(TRUSTING, "10.1.2.3", "10.7.7.7, 10.9.9.9")).isEqualTo("10.7.7.7");
		assertThat(client(TRUSTING, "10.1.2.3")).isEqualTo("10.1.2.3");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "unknown", "example.com", "localhost", "300.1.1.1", "1.2.3", "010.1.1.1", "0x7f.1",
			"1.2.3.4.5", "1.2.3.4:80:90", "[::1", "::1]", "12345::", "-1.2.3.4", "\u0661.2.3.4", "1.2.3.4 5.6.7.8",
			"'; drop table", "[1.2.3.4/8]", "1:2:3:4:5:6:7:8:9", "2001:db8::1::2" })
	void garbageEndsAtTheLastHopThatIsKnown(String garbage) {
		assertThat(client(TRUSTING, "10.1.2.3", "203.0.113.7, " + garbage)).isEqualTo("10.1.2.3");
		assertThat(client(TRUSTING, "10.1.2.3", garbage + ", 10.9.9.9")).isEqualTo("10.9.9.9");
	}

	@ParameterizedTest
	@CsvSource({ "203.0.113.7:4711, 203.0.113.7", "[203.0.113.7], 203.0.113.7",
			"2001:db8:1:2:3:4:5:6, 2001:db8:1:2:0:0:0:0/64", "[2001:db8:1:2:3:4:5:6], 2001:db8:1:2:0:0:0:0/64",
			"[2001:db8:1:2::6]:4711, 2001:db8:1:2:0:0:0:0/64", "[2001:db8:1:2::6%eth0]:_x, 2001:db8:1:2:0:0:0:0/64",
			"::ffff:203.0.113.7, 203.0.113.7", "[::ffff:203.0.113.7]:80, 203.0.113.7",
			"fe80::1%2, fe80:0:0:0:0:0:0:0/64" })
	void hopsAreWrittenInManyWays(String hop, String client) {
		assertThat(client(TRUSTING, "10.1.2.3", hop)).isEqualTo(client);
	}

	@ParameterizedTest
	@CsvSource({ "0:0:0:0:0:0:0:1, 0:0:0:0:0:0:0:0/64", "0:0:0:0:0:0:0:1%0, 0:0:0:0:0:0:0:0/64",
			"::ffff:10.0.0.1, 10.0.0.1", "/tmp/socket, unknown", "host.example, unknown" })
	void soAreAddressesOfPeers(String remote, String client) {
		assertThat(client(NOBODY, remote)).isEqualTo(client);
		assertThat(NOBODY.of(null, (name) -> List.of())).isEqualTo("unknown");
	}

	@Test
	void aTrustedProxyMayBeSeenAsIpv6() {
		assertThat(client(TRUSTING, "::ffff:10.0.0.1", "203.0.113.7")).isEqualTo("203.0.113.7");
		assertThat(client(TRUSTING, "fd12::1", "203.0.113.7")).isEqualTo("203.0.113.7");
		assertThat(client(TRUSTING, "fc12::1", "203.0.113.7")).isEqualTo("fc12:0:0:0:0:0:0:0/64");
	}

	@Test
	void theAddressesOfOneIpv6NetworkAreOneClient() {
		Set<String> clients = new HashSet<>();
		for (int i = 0; i < 1 << 16; i++) {
			clients.add(client(NOBODY, "2001:db8:1:2:%x:%x:0:%x".formatted(i, 65_535 - i, i * 31 % 65_536)));
		}
		assertThat(clients).containsExactly("2001:db8:1:2:0:0:0:0/64");
		assertThat(client(NOBODY, "2001:db8:1:3::1")).isEqualTo("2001:db8:1:3:0:0:0:0/64");
	}

	@Test
	void howManyBitsAreOneClientIsConfigurable() {
		assertThat(client(addresses(56), "2001:db8:1:2ff::1")).isEqualTo("2001:db8:1:200:0:0:0:0/56");
		assertThat(client(addresses(61), "2001:db8:1:f::1")).isEqualTo("2001:db8:1:8:0:0:0:0/61");
		assertThat(client(addresses(128), "2001:db8::1")).isEqualTo("2001:db8:0:0:0:0:0:1/128");
		assertThatExceptionOfType(InvalidSettingException.class).isThrownBy(() -> addresses(0))
			.withMessageContaining("ipv6-prefix is 0");
		assertThatExceptionOfType(InvalidSettingException.class).isThrownBy(() -> addresses(129));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "proxy.example", "::/129", "10.0.0.0/-1",
			"10.0.0.0/8/8", "*" })
	void aRangeThatIsNoneIsNamed(String range) {
		assertThatExceptionOfType(InvalidSettingException.class).isThrownBy(() -> addresses(64, "10.0.0.0/8", range))
			.withMessageContaining("trusted-proxies[1] is '" + range + "'")
			.withMessageContaining("10.0.0.0/8");
	}

	@Test
	void theStandardHeaderIsReadIfItIsTheOne() {
		ClientAddresses addresses = new ClientAddresses(List.of("10.0.0.0/8"), ForwardedHeader.FORWARDED, 64);
		assertThat(forwarded(addresses, "for=203.0.113.7")).isEqualTo("203.0.113.7");
		assertThat(forwarded(addresses, "for=1.1.1.1, For=\"203.0.113.7:80\";proto=https;by=10.0.0.1"))
			.isEqualTo("203.0.113.7");
		assertThat(forwarded(addresses, "proto=https; for=\"[2001:db8:1:2::6]:4711\", for=10.0.0.9"))
			.isEqualTo("2001:db8:1:2:0:0:0:0/64");
		assertThat(forwarded(addresses, "for=1.1.1.1, for=\"a,for=2.2.2.2\"")).isEqualTo("10.1.2.3");
		assertThat(forwarded(addresses, "for=1.1.1.1, for=_hidden, for=10.0.0.9")).isEqualTo("10.0.0.9");
		assertThat(forwarded(addresses, "for=1.1.1.1, proto=https")).isEqualTo("10.1.2.3");
		assertThat(client(addresses, "10.1.2.3", "203.0.113.7")).isEqualTo("10.1.2.3");
	}

	@ParameterizedTest
	@ValueSource(strings = { "for=203.0.113.7", "for=\"203.0.113.7:80\";proto=https", "proto=https;for=203.0.113.7",
			"for=203.0.113.7;host=\"a\\\"b, c\"", "for=203.0.113.7;ext=\"a\\\\\"",
			"For=203.0.113.7, for=\"10.0.0.9\"" })
	void aClientThatWritesItHalfCanNotSwallowWhatAProxyAdds(String added) {
		ClientAddresses addresses = new ClientAddresses(List.of("10.0.0.0/8"), ForwardedHeader.FORWARDED, 64);
		for (String own : List.of("for=1.1.1.1;ext=\"", "\"", "for=\"", "for=\"1.1.1.1\";x=\"", "for=\"1.1.1.1\\",
				"for=1.1.1.1;ext=\"\\", "for=1.1.1.1;ext=\"a\\\"", ",;,\"\"\"", "for=1.1.1.1, for=\"a,b")) {
			assertThat(forwarded(addresses, own + ", " + added)).as(own).isEqualTo("203.0.113.7");
		}
	}

	private static ClientAddresses addresses(int ipv6Prefix, String... trusted) {
		return new ClientAddresses(List.of(trusted), ForwardedHeader.X_FORWARDED_FOR, ipv6Prefix);
	}

	private static String client(ClientAddresses addresses, String remote, String... forwardedFor) {
		return addresses.of(remote, (name) -> name.equals("X-Forwarded-For") ? List.of(forwardedFor) : List.of());
	}

	@ParameterizedTest
	@CsvSource({ "2001:db8::7, 2001:db8::7", "::1, ::1", "::, ::", "2001:db8:1:2:3:4:5:6, 2001:db8:1:2:3:4:5:6",
			"fe80::, fe80::", "192.0.2.1, 192.0.2.1", "10:0:20::30, 10:0:20::30", "nonsense, unknown" })
	void peopleAreShownTheAddressAndNotItsNetwork(String address, String shown) {
		assertThat(addresses(64, "10.0.0.0/8").exactly(address, (name) -> List.of())).isEqualTo(shown);
		assertThat(addresses(64, "10.0.0.0/8").exactly("10.1.1.1", (name) -> List.of(address)))
			.isEqualTo(shown.equals("unknown") ? "10.1.1.1" : shown);
	}

	private static String forwarded(ClientAddresses addresses, String value) {
		return addresses.of("10.1.2.3", (name) -> name.equals("Forwarded") ? List.of(value) : List.of());
	}

}
