package io.github.rediskit.autoconfigure;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.github.rediskit.codec.AttributeCodec;
import io.github.rediskit.codec.AttributeTypes;
import io.github.rediskit.codec.CodecException;
import io.github.rediskit.codec.JdkAttributeCodec;
import io.github.rediskit.codec.JsonAttributeCodec;
import io.github.rediskit.session.TooManySessionsException;
import jakarta.servlet.http.Cookie;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.authentication.RememberMeAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.security.web.csrf.DefaultCsrfToken;
import org.springframework.security.web.savedrequest.DefaultSavedRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SecurityAttributesTests {

	private static final byte[] PLACE = { 1 };

	private static final ClassLoader LOADER = SecurityAttributesTests.class.getClassLoader();

	private static final AttributeTypes TYPES = AttributeTypes.of(List.of(Person.class.getName()), LOADER);

	private static final AttributeCodec JSON = JsonAttributeCodec.of(SecurityAttributes.json(TYPES, LOADER),
			SecurityAttributes.modules(LOADER));

	private static final AttributeCodec JDK = JdkAttributeCodec.of(SecurityAttributes.jdk(TYPES, LOADER));

	static Stream<Authentication> authentications() {
		var authorities = AuthorityUtils.createAuthorityList("ROLE_USER", "ROLE_ADMIN");
		User user = new User("ann", "secret", true, false, true, true, authorities);
		user.eraseCredentials();
		var details = new WebAuthenticationDetails("192.0.2.1", "the-session");
		var token = UsernamePasswordAuthenticationToken.authenticated(user, null, user.getAuthorities());
		token.setDetails(details);
		var byForm = UsernamePasswordAuthenticationToken.authenticated(new Person("ann", 7), null,
				List.of(FactorGrantedAuthority.fromAuthority(FactorGrantedAuthority.PASSWORD_AUTHORITY)));
		byForm.setDetails(details);
		var anonymous = new AnonymousAuthenticationToken("key", "anonymousUser", authorities);
		anonymous.setDetails(details);
		return Stream.of(token, byForm, UsernamePasswordAuthenticationToken.unauthenticated("ann", "secret"), anonymous,
				new RememberMeAuthenticationToken("key", user, authorities));
	}

	@ParameterizedTest
	@MethodSource("authentications")
	void aSecurityContextComesBack(Authentication authentication) {
		for (AttributeCodec codec : List.of(JSON, JDK)) {
			SecurityContextImpl again = (SecurityContextImpl) roundTrip(codec, new SecurityContextImpl(authentication));

			assertThat(again).isEqualTo(new SecurityContextImpl(authentication));
			assertThat(again.getAuthentication()).usingRecursiveComparison().isEqualTo(authentication);
			assertThat(again.getAuthentication().getPrincipal())
				.isExactlyInstanceOf(authentication.getPrincipal().getClass());
		}
	}

	@Test
	void aUserOfTheApplicationsOwnComesBackAsOne() {
		Customer customer = new Customer("ann", "ann@example.com");
		var token = UsernamePasswordAuthenticationToken.authenticated(customer, null, customer.getAuthorities());
		AttributeTypes types = AttributeTypes.of(List.of(Customer.class.getName()), LOADER);
		for (AttributeCodec codec : List.of(
				JsonAttributeCodec.of(SecurityAttributes.json(types, LOADER), SecurityAttributes.modules(LOADER)),
				JdkAttributeCodec.of(SecurityAttributes.jdk(types, LOADER)))) {
			var again = (SecurityContextImpl) roundTrip(codec, new SecurityContextImpl(token));

			assertThat(again.getAuthentication().getPrincipal()).isExactlyInstanceOf(Customer.class)
				.usingRecursiveComparison()
				.isEqualTo(customer);
		}
	}

	/** Whose details Spring Security itself reads as a tree. */
	@Test
	void whoWasAuthenticatedElsewhereComesBack() {
		User user = new User("ann", "", List.of());
		var token = new PreAuthenticatedAuthenticationToken(user, "none", AuthorityUtils.createAuthorityList("ROLE_A"));

		var again = (SecurityContextImpl) roundTrip(JSON, new SecurityContextImpl(token));

		assertThat(again.getAuthentication().getPrincipal()).isEqualTo(user);
		assertThat(again.getAuthentication().getAuthorities()).isEqualTo(token.getAuthorities());
		assertThat(roundTrip(JDK, new SecurityContextImpl(token))).isEqualTo(new SecurityContextImpl(token));
	}

	@Test
	void aContextWithoutAuthenticationComesBack() {
		assertThat(roundTrip(JSON, new SecurityContextImpl())).isEqualTo(new SecurityContextImpl());
	}

	/** Where the log-in page looks for why it failed. */
	@Test
	void aFailedLogInComesBackWhateverItsCauseWas() {
		for (AttributeCodec codec : List.of(JSON, JDK)) {
			for (RuntimeException failure : List.of(FailedLogIns.of(new TooManySessionsException(3)),
					new InternalAuthenticationServiceException("away",
							new IllegalStateException(new SQLException("secret"))))) {
				Object again = roundTrip(codec, failure);
				assertThat(again).isExactlyInstanceOf(failure.getClass());
				assertThat((Throwable) again).hasMessage(failure.getMessage());

			}
		}
	}

	@Test
	void aCsrfTokenComesBack() {
		for (AttributeCodec codec : List.of(JSON, JDK)) {
			Object again = roundTrip(codec, new DefaultCsrfToken("X-CSRF-TOKEN", "_csrf", "abc"));
			assertThat(again).usingRecursiveComparison()
				.isEqualTo(new DefaultCsrfToken("X-CSRF-TOKEN", "_csrf", "abc"));
		}
	}

	@Test
	void aSavedRequestComesBack() {
		MockHttpServletRequest request = new MockHttpServletRequest("GET", "/devices");
		request.setSession(new MockHttpSession());
		request.addHeader("Accept", "text/html");
		request.addParameter("a", "1", "2");
		request.setCookies(new Cookie("theme", "dark"));
		DefaultSavedRequest saved = new DefaultSavedRequest(request, "continue");
		for (AttributeCodec codec : List.of(JSON, JDK)) {
			DefaultSavedRequest again = (DefaultSavedRequest) roundTrip(codec, saved);

			assertThat(again).usingRecursiveComparison().isEqualTo(saved);
			assertThat(again.getHeaderValues("ACCEPT")).containsExactly("text/html");
			assertThat(again.getParameterValues("a")).containsExactly("1", "2");
			assertThat(again.getCookies()).hasSize(1);
			assertThat(again.getRedirectUrl()).isEqualTo(saved.getRedirectUrl());
		}
	}

	@Test
	void theLastFailureOfALogInComesBackWithItsMessage() {
		for (AttributeCodec codec : List.of(JSON, JDK)) {
			for (Exception failure : List.of(new BadCredentialsException("Bad credentials", new Exception("cause")),
					new LockedException("Locked"))) {
				Exception again = (Exception) roundTrip(codec, failure);

				assertThat(again).isExactlyInstanceOf(failure.getClass()).hasMessage(failure.getMessage());
			}
		}
	}

	@Test
	void whatThePrincipalIsMustBeAllowed() {
		record Stranger(String name) implements Serializable {
		}
		for (AttributeCodec codec : List.of(JSON, JDK)) {
			var context = new SecurityContextImpl(
					UsernamePasswordAuthenticationToken.authenticated(new Stranger("ann"), null, Set.of()));
			assertThatExceptionOfType(CodecException.class)
				.isThrownBy(() -> codec.encode(PLACE, "SPRING_SECURITY_CONTEXT", context))
				.withMessageContaining("SPRING_SECURITY_CONTEXT")
				.withMessageContaining("Stranger")
				.withMessageContaining("rediskit.session.allowed-types");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.security.core.userdetails.jdbc.JdbcDaoImpl",
			"org.springframework.security.web.util.matcher.RegexRequestMatcher",
			"org.springframework.security.core.context.SecurityContextImplX", "org.springframework.securityx.User",
			"org.springframework.mock.web.MockHttpSession" })
	void whatSpringSecurityDoesNotKeepIsNotRead(String name) {
		byte[] bytes = "\u0001{\"@class\":\"%s\"}".formatted(name).getBytes(StandardCharsets.UTF_8);

		assertThatExceptionOfType(CodecException.class).isThrownBy(() -> JSON.decode(PLACE, "a", bytes))
			.withMessageContaining(name);
	}

	@Test
	void withoutSpringSecurityThereAreNoModules() {
		ClassLoader loader = new FilteredClassLoader("org.springframework.security");

		assertThat(SecurityAttributes.modules(loader)).isEmpty();
		assertThat(SecurityAttributes.json(TYPES, loader)).isSameAs(TYPES);
		assertThat(SecurityAttributes.jdk(TYPES, loader)).isSameAs(TYPES);
	}

	private static Object roundTrip(AttributeCodec codec, Object value) {
		return codec.decode(PLACE, "a", codec.encode(PLACE, "a", value));
	}

	/** As most applications have one. */
	public static final class Customer extends User {

		private static final long serialVersionUID = 1L;

		private final String email;

		public Customer(String username, String email) {
			super(username, "", false, true, true, true, AuthorityUtils.createAuthorityList("ROLE_CUSTOMER"));
			this.email = email;
		}

		public String getEmail() {
			return this.email;
		}

	}

	public record Person(String name, long number) implements Serializable {
	}

}
