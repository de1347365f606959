/**
 * What an operator sees and does, where Spring Boot's Actuator is there.
 */
@NullMarked
package io.github.rediskit.autoconfigure.actuator;

import org.jspecify.annotations.NullMarked;
