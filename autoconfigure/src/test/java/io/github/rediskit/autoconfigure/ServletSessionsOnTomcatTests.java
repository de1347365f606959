package io.github.rediskit.autoconfigure;

import io.github.rediskit.session.UserSessions;
import io.github.rediskit.testing.RedisTestServer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.support.RequestContextUtils;
import org.springframework.web.servlet.view.RedirectView;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sessions on Tomcat.
 */
class ServletSessionsOnTomcatTests extends HttpSessionsContract {

	private static final String USER = FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME;

	@Override
	WebApplicationType type() {
		return WebApplicationType.SERVLET;
	}

	@Override
	Class<?> configuration() {
		return Web.class;
	}

	@Override
	String cookieProperties() {
		return "server.servlet.session.cookie";
	}

	@Test
	void whatARedirectTakesAlongIsSeenOnce() {
		try (ConfigurableApplicationContext application = run(RedisTestServer.shared().uri())) {
			Browser browser = new Browser();
			assertThat(browser.send(application, "/saved").statusCode()).isEqualTo(302);
			assertThat(browser.get(application, "/shown")).contains("message=saved");
			assertThat(browser.get(application, "/shown")).isEqualTo("null");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Shop.class)
	static class Web {

	}

	@RestController
	static class Shop {

		private final UserSessions sessions;

		Shop(UserSessions sessions) {
			this.sessions = sessions;
		}

		@GetMapping("/none")
		String none() {
			return "ok";
		}

		@GetMapping("/put")
		String put(HttpServletRequest request, String name, String value) {
			request.getSession().setAttribute(name, value);
			return "ok";
		}

		@GetMapping("/unwritable")
		String unwritable(HttpServletRequest request) {
			request.getSession().setAttribute("cart", "table");
			request.getSession().setAttribute("thread", Thread.currentThread());
			return "ok";
		}

		@GetMapping("/get")
		String get(HttpServletRequest request, String name) {
			HttpSession session = request.getSession(false);
			Object value = (session != null) ? session.getAttribute(name) : null;
			return (value != null) ? value.toString() : "nothing";
		}

		@GetMapping("/user")
		String user(HttpServletRequest request) {
			return get(request, USER);
		}

		@GetMapping("/id")
		String id(HttpServletRequest request) {
			return request.getSession().getId();
		}

		@GetMapping("/login")
		String login(HttpServletRequest request, String user) {
			if (request.getSession(false) != null) {
				request.changeSessionId();
			}
			return put(request, USER, user);
		}

		@GetMapping("/logout")
		String logout(HttpServletRequest request) {
			request.getSession().invalidate();
			return "ok";
		}

		@GetMapping("/saved")
		RedirectView saved(RedirectAttributes attributes) {
			attributes.addFlashAttribute("message", "saved");
			return new RedirectView("/shown");
		}

		@GetMapping("/shown")
		String shown(HttpServletRequest request) {
			return String.valueOf(RequestContextUtils.getInputFlashMap(request));
		}

		@GetMapping("/revoked")
		String revoked(HttpServletRequest request, String user) {
			HttpSession session = request.getSession();
			this.sessions.revokeAll(user);
			session.setAttribute("cart", "lamp");
			return "ok";
		}

	}

}
