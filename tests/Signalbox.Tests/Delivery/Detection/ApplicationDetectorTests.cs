using System.Text;
using Signalbox.Delivery;
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
    public void Docs_ExplainEveryId()
    {
        var page = File.ReadAllText(Path.Combine(Cases.Root, "docs", "init.md"));
        foreach (var id in InitIds.All) Assert.Contains($"`{id}`", page);
    }
}
