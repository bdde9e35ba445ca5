package dev.pith;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks what uses classes that Android lacks or has late. The build checks that all else does without them. */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@interface DesktopOnly {}
