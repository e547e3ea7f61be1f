using System.Text.Json;

namespace Signalbox.Cli.Tests;

/// <summary><c>signalbox sbom</c> on a project of two lockfiles, and where something is missing.</summary>
public sealed class SbomVerbTests : IDisposable
{
    private const string Digest = "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

    private readonly TemporaryDirectory _directory = new();

    public SbomVerbTests()
    {
        _directory.Write("shop/package-lock.json", """{"lockfileVersion":3,"packages":{"":{"dependencies":{"a":"1"}},"node_modules/a":{"version":"1.0.0"},"node_modules/b":{"version":"2.0.0","dev":true}}}""");
        _directory.Write("shop/worker/go.mod", "module example.com/worker\n\ngo 1.24\n\nrequire example.com/money v1.0.0\n");
        _directory.Write("shop/vendor/other/composer.lock", "{}");
    }

    public void Dispose() => _directory.Dispose();

    private Task<Ended> RunAsync(params string[] arguments) => SignalboxProgram.RunAsync(_directory.Path, null, ["sbom", .. arguments]);

    [Fact]
    public async Task Written_IsAnSbomOfTheRelease()
    {
        var ended = (await RunAsync("shop", "--output", "sbom.cdx.json", "--subject", Digest)).Expect(0);
        Assert.Equal("sbom.cdx.json: 3 components from 2 lockfiles\n  npm           2  package-lock.json\n  go            1  worker/go.mod\n", ended.Out);
        Assert.Empty(ended.Error);
        var read = (await SignalboxProgram.RunAsync(_directory.Path, null, ["evidence", "read", "--format", "json", "sbom.cdx.json"])).Expect(0);
        using var sbom = JsonDocument.Parse(read.Out);
        Assert.True(sbom.RootElement.GetProperty("valid").GetBoolean());
        Assert.Equal(3, sbom.RootElement.GetProperty("components").GetInt32());
        Assert.Equal("shop", sbom.RootElement.GetProperty("subject").GetProperty("name").GetString());
        Assert.True(sbom.RootElement.GetProperty("ntiaMinimum").GetProperty("complete").GetBoolean());
        Assert.Contains(Digest[7..], await File.ReadAllTextAsync(_directory.Join("sbom.cdx.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StandardOutput_HoldsTheSbomAlone_AlsoWithGaps()
    {
        _directory.Write("shop/web/yarn.lock", "nonsense");
        foreach (var format in (string[])["text", "json"])
        {
            var ended = (await RunAsync("shop", "--format", format)).Expect(3);
            using var sbom = JsonDocument.Parse(ended.Out);
            Assert.Equal("CycloneDX", sbom.RootElement.GetProperty("bomFormat").GetString());
            Assert.Contains("warning[sbom-gap]: line 1 is not as Yarn writes it", ended.Error, StringComparison.Ordinal);
        }
        (await RunAsync("shop", "--accept-gaps")).Expect(0);
        (await RunAsync("shop", "--exclude", "web")).Expect(0);
        (await RunAsync("shop", "--exclude", "./web/")).Expect(0);
    }

    /// <summary>What was not gone through may hold anything.</summary>
    [Fact]
    public async Task AFolderThatIsTooDeep_IsAGap()
    {
        var deep = string.Concat(Enumerable.Repeat("d/", 70));
        _directory.Write($"shop/vendor/{deep}package-lock.json", "{}");
        (await RunAsync("shop")).Expect(0);
        _directory.Write($"shop/{deep}package-lock.json", "{}");
        Assert.Contains("warning[sbom-gap]: what is in it is not known: it lies more than 64 folders deep", (await RunAsync("shop")).Expect(3).Error);
    }

    [Fact]
    public async Task Json_SaysWhatWasRead()
    {
        _directory.Write("shop/java/pom.xml", "<project><dependencies><dependency><artifactId>money</artifactId></dependency></dependencies></project>");
        var ended = (await RunAsync("shop", "--output", "sbom.cdx.json", "--format", "json")).Expect(3);
        Assert.Empty(ended.Error);
        using var view = JsonDocument.Parse(ended.Out);
        Assert.False(view.RootElement.GetProperty("complete").GetBoolean());
        Assert.Equal("java/pom.xml", view.RootElement.GetProperty("gaps")[0].GetProperty("path").GetString());
        Assert.Equal("npm", view.RootElement.GetProperty("lockfiles")[0].GetProperty("format").GetString());
    }

    [Fact]
    public async Task Subject_OfADirectory_IsItsDigestAsDeployTakesIt()
    {
        _directory.Write("dist/a.txt", "x");
        _directory.Write("plain.bin", "hello\n");
        (await RunAsync("shop", "--output", "1.json", "--subject", "dist")).Expect(0);
        (await RunAsync("shop", "--output", "2.json", "--subject", "plain.bin")).Expect(0);
        Assert.Contains(Digest[7..], await File.ReadAllTextAsync(_directory.Join("2.json")), StringComparison.Ordinal);
        using var one = JsonDocument.Parse(await File.ReadAllTextAsync(_directory.Join("1.json")));
        var packed = Signalbox.Delivery.Artifacts.ArtifactPacker.Pack(_directory.Join("dist"), Stream.Null);
        Assert.Equal(packed.Digest.Hex, one.RootElement.GetProperty("metadata").GetProperty("component").GetProperty("hashes")[0].GetProperty("content").GetString());
    }

    [Fact]
    public async Task Pipe_IsNotWaitedFor()
    {
        using var made = System.Diagnostics.Process.Start("mkfifo", _directory.Join("shop/yarn.lock"));
        await made.WaitForExitAsync();
        Assert.Equal(0, made.ExitCode);
        (await RunAsync("shop", "--output", "sbom.cdx.json")).Expect(0);
    }

    [Theory]
    [InlineData("nowhere", 3, "error[sbom-missing]: there is no such directory")]
    [InlineData("shop/vendor", 3, "error[sbom-no-lockfile]: no lockfile could be read")]
    [InlineData("shop --subject nonsense", 2, "error[usage]: 'nonsense' is neither a digest nor a file or directory")]
    public async Task WhatCannotBe_SaysWhy(string line, int code, string message) =>
        Assert.Contains(message, (await RunAsync(line.Split(' '))).Expect(code).Error, StringComparison.Ordinal);
}
