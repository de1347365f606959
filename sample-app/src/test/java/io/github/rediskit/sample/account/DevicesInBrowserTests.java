package io.github.rediskit.sample.account;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import io.github.rediskit.session.UserSessions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The log-in and the page of the devices in real browsers, where Chromium and its driver
 * are installed.
 */
@EnabledIf(value = "io.github.rediskit.sample.account.Browser#isInstalled",
		disabledReason = "chromium and chromedriver are not on the PATH: apt-get install chromium chromium-driver")
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "shop.product-load-delay=0", "shop.dispatch-every=1d" })
class DevicesInBrowserTests {

	private static final Duration LONG = Duration.ofSeconds(30);

	@LocalServerPort
	private int port;

	@BeforeEach
	void nobodyIsLoggedIn(@Autowired UserSessions sessions) {
		sessions.revokeAll("grace");
	}

	@Test
	void aUserLogsOutHisOtherBrowser() throws Exception {
		try (Browser browser = Browser.start()) {
			Browser.Window here = browser.open();
			Browser.Window there = browser.open();
			logIn(here, "linus"); // not his password
			await().atMost(LONG).until(() -> here.url().endsWith("/login.html?error"));
			screenshot(here, "login");
			logIn(here, "grace");
			logIn(there, "grace");
			await().atMost(LONG).until(() -> here.text("#count").equals("grace is logged in on 2 of 3 devices"));
			await().atMost(LONG).until(() -> there.text("#count").equals("grace is logged in on 2 of 3 devices"));
			assertThat(here.text("#devices")).contains("HeadlessChrome", "on Linux", "this device", "Log out");
			screenshot(here, "devices");

			here.click("#devices button");

			await().atMost(LONG).until(() -> there.url().endsWith("/login.html?ended"));
			await().atMost(LONG).until(() -> here.text("#count").equals("grace is logged in on 1 of 3 devices"));
			there.go(address("/devices.html"));
			assertThat(there.url()).endsWith("/login.html");
			assertThat(here.isEnabled("#others")).isFalse();

			here.click("#logout button[type=submit]");

			await().atMost(LONG).until(() -> here.url().endsWith("/login.html?logout"));
		}
	}

	private void logIn(Browser.Window window, String password) {
		window.go(address("/login.html"));
		await().atMost(LONG).until(() -> window.isEnabled("#submit"));
		window.type("#username", "grace");
		window.type("#password", password);
		window.click("#submit");
	}

	private String address(String path) {
		return "http://localhost:" + this.port + path;
	}

	/** To look at, in the folder of a system property. */
	private static void screenshot(Browser.Window window, String name) throws Exception {
		String folder = System.getProperty("rediskit.test.screenshots");
		if (folder != null) {
			Files.createDirectories(Path.of(folder));
			window.screenshot(Path.of(folder, name + ".png"));
		}
	}

}
