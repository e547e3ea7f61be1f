using System.Diagnostics;
using System.Text;
using Signalbox.Delivery;
using Signalbox.Delivery.Artifacts;
using Signalbox.Delivery.Detection;
using Signalbox.Diagnostics;

namespace Signalbox.Tests.Delivery.Detection;

/// <summary>Each folder of tests/cases/init is a project: <c>in</c> is what lies there, beside it what is proposed and said.</summary>
public sealed class ApplicationDetectorTests
{
    private static readonly DeliverySurroundings Anywhere = new(_ => false, "") { BeforeBuild = true };

    public static TheoryData<string> CaseNames => [.. Cases.Of("init")];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Detect_Case_ProposesWhatIsExpected(string name)
    {
        var root = Cases.PathOf("init", name, "in");
        var found = ApplicationDetector.Detect(root, Anywhere);
        Cases.Verify(Cases.PathOf("init", name, "findings.txt"), FindingText.Render(found.Findings).Replace(root + "/", "", StringComparison.Ordinal).Replace(root, ".", StringComparison.Ordinal));
        if (found.Services.Count == 0) return;
        Cases.Verify(Cases.PathOf("init", name, "signalbox.yaml"), DeliveryFileWriter.Write(found));
    }

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Write_Case_IsReadWithoutAFindingAndSaysTheSame(string name)
    {
        var found = ApplicationDetector.Detect(Cases.PathOf("init", name, "in"), Anywhere);
        if (found.Services.Count == 0) return;
        var read = DeliveryFileReader.Read(Encoding.UTF8.GetBytes(DeliveryFileWriter.Write(found)));
        Assert.Equal("", FindingText.Render(read.Findings));
        var services = Assert.Single(Assert.Single(read.Applications!).Environments).Services;
        Assert.Equal(found.Services.Select(service => (service.Name, service.Kind, string.Join('|', service.Command.Value))),
            services.Select(service => (service.Name, service.Kind, string.Join('|', service.Command))));
        Assert.Equal(found.Services.Select(service => service.Port?.Value), services.Select(service => service.Listen?.Port));
    }

    [Fact]
    public void Detect_FindsEveryKindItNames() =>
        Assert.All(ApplicationDetector.Kinds, kind => Assert.Contains(Cases.Of("init"), name => name.Split('-')[0] == kind && ApplicationDetector.Detect(Cases.PathOf("init", name, "in"), Anywhere, kind).Services.Count > 0));

    [Fact]
    public void Detect_APortThatIsTaken_GivesTheNextFreeOne()
    {
        var found = ApplicationDetector.Detect(Cases.PathOf("init", "node-express", "in"), Anywhere with { IsListening = listen => listen.Port is 3100 or 3101 });
        Assert.Equal(3102, found.Services[0].Port!.Value);
        Assert.Contains("3100 is taken", found.Services[0].Port!.Why);
    }

    [Fact]
    public void Detect_AProgramThatOthersCannotReach_GivesTheOneFurtherDownThePath()
    {
        using var directory = new TempDirectory();
        directory.Write("project/server.py", "HTTPServer((host, 8000))\n");
        Directory.CreateDirectory(directory.In("closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var closed = directory.Write("closed/python3", "#!/bin/sh\n");
        File.SetUnixFileMode(closed, (UnixFileMode)0x1ed);
        var surroundings = new DeliverySurroundings(_ => false, $"{directory.In("closed")}:/bin") { SeparateUsers = true };
        var command = ApplicationDetector.Detect(directory.In("project"), surroundings).Services[0].Command.Value;
        // where the machine has no other, the name stays as it is
        Assert.Equal(File.Exists("/bin/python3") ? "/bin/python3" : "python3", command[0]);
        Assert.Equal("python3", ApplicationDetector.Detect(directory.In("project"), surroundings with { SeparateUsers = false }).Services[0].Command.Value[0]);
    }

    [Fact]
    public void Detect_SecretsBesideAServiceInAFolder_ArePackedAsLittleAsIsSaid()
    {
        using var directory = new TempDirectory();
        directory.Write("api/package.json", """{ "scripts": { "start": "node index.js" }, "dependencies": { "express": "4" } }""");
        directory.Write("api/index.js", "require('express')().listen(process.env.PORT)\n");
        directory.Write("api/.env", "DATABASE_URL=postgres://shop:secret@db/shop\n");
        var found = ApplicationDetector.Detect(directory.Path, Anywhere);
        Assert.Equal("api", Assert.Single(found.Services).Artifact.Value);
        Assert.Contains(found.Findings, finding => finding.Id == InitIds.EnvironmentFile);
        var packed = DirectoryScan.Of(directory.In("api"), ArtifactLimits.Default, IgnoreRules.Of(directory.In("api"))).Entries;
        Assert.Equal(["index.js", "package.json"], packed.Select(entry => entry.Path));
        directory.Write("api/.signalboxignore", "!/.env\n");
        Assert.DoesNotContain(ApplicationDetector.Detect(directory.Path, Anywhere).Findings, finding => finding.Id == InitIds.EnvironmentFile);
    }

    [Fact]
    public void Build_JavaOfANewVersion_PacksItAndNotTheJarOfTheOneBefore()
    {
        using var directory = new TempDirectory();
        foreach (var file in Directory.EnumerateFiles(Cases.PathOf("init", "java-maven", "in"), "*", SearchOption.AllDirectories))
            directory.Write(Path.GetRelativePath(Cases.PathOf("init", "java-maven", "in"), file), File.ReadAllText(file));
        var build = ApplicationDetector.Detect(directory.Path, Anywhere).Services[0].Build!.Value;
        foreach (var version in new[] { "0.0.9", "0.0.10", "0.0.8" })
        {
            directory.Write("mvnw", $"mkdir -p target\necho {version} > target/demo-{version}.jar\n");
            using var shell = Process.Start(new ProcessStartInfo("sh", ["-e", "-c", build]) { WorkingDirectory = directory.Path })!;
            shell.WaitForExit();
            Assert.Equal((0, version), (shell.ExitCode, File.ReadAllText(directory.In(".signalbox/out/app.jar")).Trim()));
        }
    }

    /// <summary>Bundler looks for the gems where its environment says, in the build and when the program starts.</summary>
    [Theory]
    [InlineData("ruby-rails")]
    [InlineData("ruby-sinatra")]
    public void Ruby_RunsWithTheGemsThatTheBuildInstalled(string name)
    {
        var service = ApplicationDetector.Detect(Cases.PathOf("init", name, "in"), Anywhere).Services[0];
        var bundler = service.Environment.Where(variable => variable.Name.StartsWith("BUNDLE_", StringComparison.Ordinal)).ToList();
        Assert.Equal(["BUNDLE_PATH", "BUNDLE_WITHOUT"], bundler.Select(variable => variable.Name));
        Assert.StartsWith($"export {string.Join(' ', bundler.Select(variable => $"{variable.Name}={variable.Value.Value}"))}\nbundle install", service.Build!.Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "jekyll build")]
    [InlineData(true, "export BUNDLE_PATH=vendor/bundle\nbundle install\nbundle exec jekyll build")]
    public void Jekyll_IsBuiltWithItsGems(bool gemfile, string build)
    {
        using var directory = new TempDirectory();
        directory.Write("_config.yml", "title: notes\n");
        if (gemfile) directory.Write("Gemfile", "gem 'jekyll'\n");
        Assert.Equal(build, ApplicationDetector.Detect(directory.Path, Anywhere).Services[0].Build!.Value);
    }

    [Fact]
    public void Docs_ExplainEveryId()
    {
        var page = File.ReadAllText(Path.Combine(Cases.Root, "docs", "init.md"));
        foreach (var id in InitIds.All) Assert.Contains($"`{id}`", page);
    }
}
