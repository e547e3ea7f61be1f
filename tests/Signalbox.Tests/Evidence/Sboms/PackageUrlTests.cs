using CsCheck;
using Signalbox.Evidence.Reports;

namespace Signalbox.Tests.Evidence.Sboms;

/// <summary>The rules of purl-spec: which types write in lower case, and what is encoded.</summary>
public sealed class PackageUrlTests
{
    [Theory]
    [InlineData("npm", "@Acme", "Money", "1.0.0", "pkg:npm/%40acme/money@1.0.0")]
    [InlineData("pypi", null, "Django_Extensions", "1.0", "pkg:pypi/django-extensions@1.0")]
    [InlineData("golang", "github.com/Acme", "Money", "v2.0.0+incompatible", "pkg:golang/github.com/acme/money@v2.0.0%2Bincompatible")]
    [InlineData("composer", "Laravel", "Laravel", "v5.5.0", "pkg:composer/laravel/laravel@v5.5.0")]
    [InlineData("nuget", null, "EnterpriseLibrary.Common", "6.0", "pkg:nuget/EnterpriseLibrary.Common@6.0")]
    [InlineData("maven", "org.Apache", "Commons", "1.0", "pkg:maven/org.Apache/Commons@1.0")]
    [InlineData("cargo", null, "a b/c?d#e%", "1:2", "pkg:cargo/a%20b%2Fc%3Fd%23e%25@1:2")]
    [InlineData("gem", null, "x", null, "pkg:gem/x")]
    public void Text_IsCanonical(string type, string? space, string name, string? version, string text) => Assert.Equal(text, PackageUrl.Of(type, space, name, version).ToString());

    [Fact]
    public void Qualifiers_AreInOrder_AndEncoded() => Assert.Equal(
        "pkg:gem/x@1?platform=java&vcs_url=git%2Bhttps:%2F%2Fgit.example.com%2Fx.git%40abc",
        PackageUrl.Of("gem", null, "x", "1", PackageUrl.Qualifier("vcs_url", "git+https://git.example.com/x.git@abc"), PackageUrl.Qualifier("platform", "java")).ToString());

    [Fact]
    public void AnyName_IsReadAgain() => Gen.Select(Gen.String[1, 20], Gen.String[1, 20]).Where((name, version) => Fits(name) && Fits(version)).Sample((name, version) =>
    {
        var read = PackageUrl.Parse(PackageUrl.Of("cargo", null, name, version).ToString())!;
        Assert.Equal((name, version), (read.Name, read.Version));
    });

    private static bool Fits(string text) => text.All(c => !char.IsSurrogate(c)) && text != "\ufffe";
}
