using Signalbox.Evidence.Reports;

namespace Signalbox.Tests.Evidence.Reports;

public sealed class VexApplicationTests
{
    private const string Digest = "sha256:9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c";
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_maxAge = TimeSpan.FromDays(90);
    private static readonly ReportSubject s_image = new("shop:1.0", [Digest]);

    private static readonly ScanFinding s_finding = new()
    {
        Ids = ["CVE-2021-44228", "GHSA-jfh8-c2jp-5v3q"],
        Severity = FindingSeverity.Critical,
        Packages = ["org.apache.logging.log4j:log4j-core"],
        Versions = ["2.13.2"],
        Purl = "pkg:maven/org.apache.logging.log4j/log4j-core@2.13.2?type=jar",
    };

    [Fact]
    public void NotAffected_WithReasonAndTime_SetsAsideUntilItIsOld()
    {
        var judged = Judge(Statement());
        Assert.Equal("not affected: code_not_reachable", judged.SetAside);
        Assert.Equal(s_now.AddDays(-10) + s_maxAge, judged.Until);
    }

    [Theory]
    [InlineData("CVE-2021-44228")]
    [InlineData("cve-2021-44228")]
    [InlineData("GHSA-jfh8-c2jp-5v3q")]
    public void AnyIdentifier_OfTheFinding_IsFound(string id) => Assert.NotNull(Judge(Statement() with { Vulnerabilities = [id] }).SetAside);

    [Theory]
    [InlineData("pkg:maven/org.apache.logging.log4j/log4j-core@2.13.2")]
    [InlineData("pkg:maven/org.apache.logging.log4j/log4j-core@2.13.2?type=jar")]
    [InlineData("pkg:maven/org.apache.logging.log4j/log4j-core")]
    [InlineData("pkg:oci/shop@sha256%3A9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c")]
    [InlineData(Digest)]
    public void ProductOfTheFinding_IsCovered(string product) => Assert.NotNull(Judge(Statement(product)).SetAside);

    [Theory]
    [InlineData("pkg:maven/org.apache.logging.log4j/log4j-core@2.17.0")]
    [InlineData("pkg:maven/org.apache.logging.log4j/log4j-core@2.13.2?type=war")]
    [InlineData("pkg:maven/org.example/log4j-core@2.13.2")]
    [InlineData("pkg:npm/log4j-core@2.13.2")]
    [InlineData("pkg:oci/shop@sha256%3A0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("shop:1.0")]
    [InlineData("")]
    [InlineData("pkg:")]
    public void AnotherProduct_LetsItStand(string product) => Assert.Null(Judge(Statement(product)).SetAside);

    [Fact]
    public void Subcomponent_OfTheImage_CoversThatPackageAlone()
    {
        var inImage = new VexProduct(Digest, ["pkg:maven/org.apache.logging.log4j/log4j-core@2.13.2"]);
        var another = new VexProduct(Digest, ["pkg:npm/lodash@1.0.0"]);
        var inAnother = new VexProduct("sha256:" + new string('0', 64), ["pkg:maven/org.apache.logging.log4j/log4j-core@2.13.2"]);
        Assert.NotNull(Judge(Statement() with { Products = [inImage] }).SetAside);
        Assert.Null(Judge(Statement() with { Products = [another] }).SetAside);
        Assert.Null(Judge(Statement() with { Products = [inAnother] }).SetAside);
    }

    [Fact]
    public void WithoutAPackageUrl_NameAndVeryVersionAreNeeded()
    {
        var finding = s_finding with { Purl = null };
        Assert.NotNull(Judge(Statement("pkg:maven/org.apache.logging.log4j/log4j-core@2.13.2"), finding).SetAside);
        Assert.Null(Judge(Statement("pkg:maven/org.apache.logging.log4j/log4j-core"), finding).SetAside);
        Assert.Null(Judge(Statement("pkg:maven/log4j-core@2.13.2"), finding).SetAside);
    }

    public static TheoryData<string, VexStatement> Doubtful => new()
    {
        { "no reason", Statement() with { Reason = null } },
        { "no time", Statement() with { Timestamp = null } },
        { "too old", Statement() with { Timestamp = s_now - s_maxAge } },
        { "from the future", Statement() with { Timestamp = s_now.AddHours(1) } },
        { "no product", Statement() with { Products = [] } },
        { "another vulnerability", Statement() with { Vulnerabilities = ["CVE-2021-45046"] } },
        { "affected", Statement() with { Status = VexStatus.Affected } },
        { "under investigation", Statement() with { Status = VexStatus.UnderInvestigation } },
    };

    [Theory]
    [MemberData(nameof(Doubtful))]
    public void Doubt_LetsItStand(string doubt, VexStatement statement) => Assert.True(Judge(statement).SetAside is null, doubt);

    [Fact]
    public void TheNewest_Decides_WhateverTheOrder()
    {
        var before = Statement();
        var after = Statement() with { Status = VexStatus.Affected, Timestamp = s_now.AddDays(-1) };
        Assert.Null(Apply([before, after]).SetAside);
        Assert.Null(Apply([after, before]).SetAside);
        Assert.NotNull(Apply([after with { Timestamp = s_now.AddDays(-20) }, before]).SetAside);
    }

    [Fact]
    public void TwoOfTheSameTime_ThatDisagree_LetItStand() =>
        Assert.Null(Apply([Statement(), Statement() with { Status = VexStatus.UnderInvestigation }]).SetAside);

    [Fact]
    public void Fixed_NeedsNoReason() => Assert.Equal("fixed", Judge(Statement() with { Status = VexStatus.Fixed, Reason = null }).SetAside);

    [Fact]
    public void AFindingWithoutIdentifiers_IsNeverSetAside() => Assert.Null(Judge(Statement(), s_finding with { Ids = [] }).SetAside);

    private static VexStatement Statement(string product = "pkg:maven/org.apache.logging.log4j/log4j-core@2.13.2") =>
        new(["CVE-2021-44228"], [new(product, [])], VexStatus.NotAffected, "code_not_reachable", s_now.AddDays(-10));

    private static JudgedFinding Judge(VexStatement statement, ScanFinding? finding = null) => Apply([statement], finding);

    private static JudgedFinding Apply(IReadOnlyList<VexStatement> statements, ScanFinding? finding = null) =>
        Assert.Single(VexApplication.Apply([finding ?? s_finding], statements, s_image, s_now, s_maxAge));
}
