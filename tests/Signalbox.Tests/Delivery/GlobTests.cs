using Signalbox.Delivery;

namespace Signalbox.Tests.Delivery;

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
    [InlineData("w/*@refs/heads/main", "w/release.yml@refs/heads/main", true)]
    [InlineData("w/*@refs/heads/main", "w/release.yml@refs/heads/x@refs/heads/main", false)]
    [InlineData("w/*@refs/tags/*", "w/a@refs/tags/v1.yml@refs/heads/x", false)]
    [InlineData("w/release.yml@refs/tags/@acme/shop@*", "w/release.yml@refs/tags/@acme/shop@1.2.0", true)]
    [InlineData("w/*", "w/a@b@c", true)]
    [InlineData("*@acme.example", "alice@acme.example", true)]
    public void Pattern_StandsForAnyTextAndNothingElse(string pattern, string text, bool matches) => Assert.Equal(matches, Glob.Matches(pattern, text));
}
