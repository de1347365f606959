package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

import io.github.rediskit.cache.Cached;
import io.github.rediskit.ratelimit.RateLimited;
import org.junit.jupiter.api.Test;

import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A method is searched once, however many look for annotations.
 */
class AnnotationSearchTests {

	private final List<Method> searched = new ArrayList<>();

	private final AnnotationSearch search = new AnnotationSearch((method) -> {
		this.searched.add(method);
		return MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY);
	});

	private final CacheMethods cached = new CacheMethods((text) -> text, this.search);

	private final RateLimitedMethods limited = new RateLimitedMethods((text) -> text, this.search);

	@Test
	void allWhoReadAnnotationsShareOneSearch() throws Exception {
		assertThat(matches("both")).containsExactly(true, true);
		assertThat(matches("cached")).containsExactly(true, false);
		assertThat(matches("limitedTwice")).containsExactly(false, true);
		assertThat(matches("plain")).containsExactly(false, false);
		assertThat(matches("plain")).containsExactly(false, false);
		assertThat(this.searched).extracting(Method::getName)
			.containsExactlyInAnyOrder("both", "cached", "limitedTwice", "plain");
	}

	private List<Boolean> matches(String name) throws Exception {
		Method method = Shop.class.getDeclaredMethod(name);
		return List.of(this.cached.matches(method, Shop.class), this.limited.matches(method, Shop.class));
	}

	interface Contract {

		@RateLimited("search")
		String both();

	}

	static class Shop implements Contract {

		@Override
		@Cached("names")
		public String both() {
			return "";
		}

		@Cached("names")
		public String cached() {
			return "";
		}

		@RateLimited("search")
		@RateLimited("login")
		public String limitedTwice() {
			return "";
		}

		public String plain() {
			return "";
		}

	}

}
