package io.github.rediskit.sample.catalog;

/**
 * Where a product stands in the shop.
 */
public enum Category {

	BOOKS, KITCHEN, GARDEN, OFFICE, TOYS, SPORTS, AUDIO, LIGHTING, FURNITURE, TOOLS, TRAVEL, PETS

}
