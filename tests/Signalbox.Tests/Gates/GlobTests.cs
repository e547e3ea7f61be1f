using Signalbox.Gates;

namespace Signalbox.Tests.Gates;

public sealed class GlobTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("*", "", true)]
    [InlineData("a*", "a", true)]
    [InlineData("a*b", "ab", true)]
    [InlineData("a*b", "aXbYb", true)]
    [InlineData("a*b", "abX", false)]
    [InlineData("*ab*", "xaab", true)]
    [InlineData("a**b", "aXb", true)]
    [InlineData("a", "A", false)]
    [InlineData("a", "", false)]
    [InlineData("", "a", false)]
    [InlineData("a?", "ab", false)]
    public void Pattern_StandsForAnyTextAndNothingElse(string pattern, string text, bool matches) => Assert.Equal(matches, Glob.Matches(pattern, text));
}
