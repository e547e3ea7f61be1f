using System.Diagnostics;
using System.Text;
using CsCheck;
using Signalbox.Delivery;
using Signalbox.Delivery.Detection;
using Signalbox.Diagnostics;

namespace Signalbox.Tests.Delivery.Detection;

/// <summary>Whatever lies in a project: a finding, never an exception, and never a file that says something else than was meant.</summary>
public sealed class HostileProjectTests : IDisposable
{
    private static readonly DeliverySurroundings Anywhere = new(_ => false, "") { BeforeBuild = true };

    private static readonly string[] Signs =
        ["a", "\n", "\r", "\0", "\u001b[31m", "\u2028", "\u0085", "\ud83d\ude00", "\ud800", "'", "\"", "\\", "#", ": ", " #", "{", "}", "[", "]", "&", "*", "!", "|", ">", "%", "@", "`", "$(id)", "-", "---", "null", "\t", "=", ".", "/", "../", "\u202e", "\ufeff"];

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("package.json", "{ not json")]
    [InlineData("package.json", "[]")]
    [InlineData("package.json", "\"text\"")]
    [InlineData("package.json", "{\"scripts\":[],\"dependencies\":\"x\",\"name\":{},\"main\":[]}")]
    [InlineData("package.json", "{\"name\":\"\\ud800\"}")]
    [InlineData("web.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\"")]
    [InlineData("web.csproj", "<!DOCTYPE a [<!ENTITY x SYSTEM \"/etc/passwd\">]><a>&x;</a>")]
    [InlineData("pom.xml", "<project>&lol;</project>")]
    [InlineData("angular.json", "{\"projects\":{}}")]
    public void Detect_BrokenFile_IsAFindingOrNothing(string file, string text)
    {
        _directory.Write(file, text);
        var found = Read();
        Assert.NotEmpty(found.Findings);
        Assert.Empty(found.Services);
    }

    [Fact]
    public void Detect_HugeAndDeepFiles_AreSkippedQuickly()
    {
        _directory.Write("package.json", "{\"name\":\"" + new string('x', 20 << 20) + "\"}");
        _directory.Write("a.csproj", string.Concat(Enumerable.Repeat("<a>", 200_000)));
        _directory.Write("composer.json", new string('[', 500_000));
        _directory.Write("index.js", new string('(', 900_000));
        _directory.Write("many.js", string.Concat(Enumerable.Repeat("app.get('/healthz", 50_000)));
        _directory.Write("index.php", "");
        var clock = Stopwatch.StartNew();
        var found = Read();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"took {clock.Elapsed}");
        Assert.Contains(found.Findings, finding => finding.Id == "init-file-skipped" && finding.Message.Contains("at most 1,048,576 are read", StringComparison.Ordinal));
        Assert.Equal("PHP", Assert.Single(found.Services).What);
    }

    [Fact]
    public void Detect_LinksOutOfTheTree_AreNotFollowed()
    {
        using var outside = new TempDirectory();
        outside.Write("package.json", "{\"name\":\"stolen\",\"scripts\":{\"start\":\"node x.js\"}}");
        outside.Write("dir/index.html", "stolen");
        File.CreateSymbolicLink(_directory.In("package.json"), outside.In("package.json"));
        Directory.CreateSymbolicLink(_directory.In("public"), outside.In("dir"));
        Directory.CreateSymbolicLink(_directory.In("loop"), _directory.Path);
        File.CreateSymbolicLink(_directory.In("circle"), _directory.In("circle"));
        var found = Read();
        Assert.Empty(found.Services);
        Assert.Contains(found.Findings, finding => finding.Id == "init-file-skipped" && finding.Message.Contains("leads out", StringComparison.Ordinal));
        Assert.DoesNotContain("stolen", FindingText.Render(found.Findings));
    }

    [Fact]
    public void Detect_BinaryAndUnreadable_AreFindings()
    {
        File.WriteAllBytes(_directory.In("package.json"), [0xff, 0xfe, 0x00]);
        File.WriteAllBytes(_directory.In("go.mod"), "module\0x"u8.ToArray());
        Directory.CreateDirectory(_directory.In("Gemfile"));
        Assert.Equal(["go.mod", "package.json"], Read().Findings.Where(finding => finding.Id == "init-file-skipped").Select(finding => Path.GetFileName(finding.Locations[0].Path)).Order());
    }

    [Fact]
    public void Write_WhateverAPackageCallsItself_IsReadWithoutAnError()
    {
        var text = Gen.Int[0, Signs.Length - 1].Array[0, 8].Select(signs => string.Concat(signs.Select(i => Signs[i])));
        Gen.Select(text, text, text, text).Sample((name, script, tool, port) =>
        {
            _directory.Write("package.json", $$"""{ "name": {{Json(name)}}, "scripts": { "start": {{Json("A=" + port + " " + tool + " " + script)}}, "build": {{Json(script)}} }, "dependencies": { "express": {{Json(tool)}} } }""");
            File.WriteAllBytes(_directory.In("server.js"), Encoding.UTF8.GetBytes($"app.get('/{name}healthz', x); app.listen({port})\n"));
            var found = Read();
            if (found.Services.Count == 0) return;
            var read = DeliveryFileReader.Read(Encoding.UTF8.GetBytes(DeliveryFileWriter.Write(found)));
            Assert.Equal("", FindingText.Render(read.Findings.Where(finding => finding.Severity == Severity.Error)));
            Assert.Equal(found.Services[0].Command.Value, read.Applications![0].Environments[0].Services[0].Command);
        }, iter: 1500, threads: 1);
    }

    [Fact]
    public void Detect_FileNamesThatSteerTerminalsAndShells_AreHarmless()
    {
        _directory.Write("we $(id) ird.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\" />");
        _directory.Write("evil\nname.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\" />");
        var service = Assert.Single(Read().Services);
        Assert.Contains("dotnet publish 'we $(id) ird.csproj'", service.Build!.Value);
        Assert.Contains("'we $(id) ird.dll'", service.Command.Value[2]);
    }

    private DetectedApplication Read()
    {
        var found = ApplicationDetector.Detect(_directory.Path, Anywhere);
        _ = FindingText.Render(found.Findings);
        return found;
    }

    // what JSON cannot hold raw, escaped by hand: half a surrogate pair, too
    private static string Json(string text) => "\"" + string.Concat(text.Select(c => c is '"' or '\\' || c < ' ' || char.IsSurrogate(c) ? $"\\u{(int)c:x4}" : c.ToString())) + "\"";
}
