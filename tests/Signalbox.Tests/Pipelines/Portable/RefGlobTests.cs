using System.Text.RegularExpressions;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Tests.Pipelines.Portable;

public sealed class RefGlobTests
{
    [Theory]
    [InlineData("v[0-9]+.*", "v12.x", true)]
    [InlineData("v[0-9_-]", "v-", true)]
    [InlineData("v[z-a]", "v9", false)]
    [InlineData("[9-0]?/**", "9/a", false)]
    public void Regex_OfAnyGlob_CanBeRead(string glob, string name, bool fits)
    {
        Assert.Equal(fits, Regex.IsMatch(name, RefGlob.Regex(glob), RegexOptions.CultureInvariant));
        Assert.Equal(fits, RefGlob.IsReadable(glob));
    }
}
