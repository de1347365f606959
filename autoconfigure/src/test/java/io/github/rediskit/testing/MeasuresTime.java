package io.github.rediskit.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.Tag;

/**
 * The tests of the class say how long something may take, or load the whole machine: they
 * run while no others do. All others share the machine by two.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag(MeasuresTime.TAG)
public @interface MeasuresTime {

	/** Known to the build. */
	String TAG = "measures-time";

}
