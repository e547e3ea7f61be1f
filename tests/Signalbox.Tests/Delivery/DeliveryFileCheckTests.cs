using System.Net;
using System.Net.Sockets;
using Signalbox.Delivery;
using Signalbox.Diagnostics;

namespace Signalbox.Tests.Delivery;

public sealed class DeliveryFileCheckTests
{
    private static readonly DeliverySurroundings Quiet = new(_ => false, "/usr/bin:/bin");

    private static IReadOnlyList<Finding> Check(TempDirectory directory, string command, string artifact = ".", DeliverySurroundings? surroundings = null)
    {
        var path = directory.Write("signalbox.yaml", $"apiVersion: signalbox/v1\napplication: shop\nartifact: {artifact}\nprocess: {{ command: {command} }}\nport: 8080\n");
        var file = DeliveryFileReader.ReadFile(path);
        Assert.NotNull(file.Applications);
        return DeliveryFileCheck.Run(file, surroundings ?? Quiet);
    }

    [Fact]
    public void Run_Finding_IsHandedToTheOwnerOfItsRole()
    {
        using var directory = new TempDirectory();
        const string applications = """
            apiVersion: signalbox/v1
            applications:
              - { application: shop, owners: { devops: "@acme/shop" }, process: { command: [no-such-program] }, port: 8080 }
              - { application: mail, owners: { security: "@acme/appsec" }, process: { command: [no-such-program] }, port: 8081 }
            """;
        var findings = DeliveryFileCheck.Run(DeliveryFileReader.ReadFile(directory.Write("signalbox.yaml", applications)), Quiet);
        Assert.Equal(["devops (@acme/shop)", null], findings.Select(finding => finding.HandTo));
    }

    [Fact]
    public void Read_Finding_IsHandedToTheOwnerOfItsRole()
    {
        var file = DeliveryFileReader.Read("apiVersion: signalbox/v1\napplication: shop\nowners: { security: '@acme/appsec' }\nartifact: ../other\nprocess: { command: [sh] }\nport: 8080\n"u8);
        Assert.Equal("security (@acme/appsec)", Assert.Single(file.Findings, finding => finding.Id == "delivery-artifact-escapes").HandTo);
    }

    [Fact]
    public void Run_BeforeABuild_MissesNeitherItsArtifactNorTheProgramInIt()
    {
        using var directory = new TempDirectory();
        const string text = "apiVersion: signalbox/v1\napplication: shop\npipeline: { build: { run: make } }\nartifact: .signalbox/web\nprocess: { command: [./server] }\nport: 8080\n";
        var file = DeliveryFileReader.ReadFile(directory.Write("signalbox.yaml", text));
        Assert.Empty(DeliveryFileCheck.Run(file, Quiet with { BeforeBuild = true }));
        Assert.Equal("delivery-artifact-missing", Assert.Single(DeliveryFileCheck.Run(file, Quiet)).Id);
        Assert.Equal("delivery-artifact-missing", Assert.Single(Check(directory, "[./server]", ".signalbox/web", Quiet with { BeforeBuild = true })).Id);
    }

    [Fact]
    public void Run_ProgramOnPath_IsFine()
    {
        using var directory = new TempDirectory();
        Assert.Empty(Check(directory, "[sh, -c, true]"));
    }

    [Fact]
    public void Run_ProgramNowhere_IsNamedWithItsPlace()
    {
        using var directory = new TempDirectory();
        var finding = Assert.Single(Check(directory, "[no-such-program]"));
        Assert.Equal("delivery-command-missing", finding.Id);
        Assert.Equal((4, 21), (finding.Locations[0].Line, finding.Locations[0].Column));
    }

    [Fact]
    public void Run_ProgramInArtifactWithoutSlash_SaysWhatToPaste()
    {
        using var directory = new TempDirectory();
        directory.Write("server", "#!/bin/sh\n");
        Assert.Equal("command: [./server]", Assert.Single(Check(directory, "[server]")).Help);
    }

    [Fact]
    public void Run_ProgramNotExecutable_SaysChmod()
    {
        using var directory = new TempDirectory();
        directory.Write("server", "#!/bin/sh\n");
        Assert.Equal("chmod +x ./server", Assert.Single(Check(directory, "[./server]")).Help);
    }

    [Fact]
    public void Run_ProgramBehindClosedDirectory_IsAFindingWhereServicesHaveTheirOwnUsers()
    {
        using var directory = new TempDirectory();
        var program = directory.Write("closed/server", "#!/bin/sh\n");
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(Path.GetDirectoryName(program)!, (UnixFileMode)0b111_000_000);
        Assert.Empty(Check(directory, $"[{program}]"));
        var finding = Assert.Single(Check(directory, $"[{program}]", surroundings: Quiet with { SeparateUsers = true }));
        Assert.Equal("delivery-command-missing", finding.Id);
        Assert.Contains("is closed to others", finding.Message);
        Assert.Equal("SIGNALBOX_WORKLOADS_SAME_USER=1 signalbox up", finding.Help);
        Assert.Empty(Check(directory, "[./closed/server]", surroundings: Quiet with { SeparateUsers = true }));
    }

    [Fact]
    public void Run_ProgramOfAVersionManager_NamesTheOneBehindIt()
    {
        using var directory = new TempDirectory();
        var shim = directory.Write("shims/sleep", "#!/bin/sh\n");
        File.SetUnixFileMode(shim, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(Path.GetDirectoryName(shim)!, (UnixFileMode)0b111_000_000);
        var surroundings = new DeliverySurroundings(_ => false, $"{Path.GetDirectoryName(shim)}:/usr/bin") { SeparateUsers = true };
        Assert.Equal("command: [/usr/bin/sleep, 5]", Assert.Single(Check(directory, "[sleep, 5]", surroundings: surroundings)).Help);
    }

    [Fact]
    public void Run_ArtifactMissing_IsAFinding()
    {
        using var directory = new TempDirectory();
        Assert.Equal("delivery-artifact-missing", Assert.Single(Check(directory, "[sh]", "dist")).Id);
    }

    [Fact]
    public void Run_ArtifactLinkLeadsOut_IsAFinding()
    {
        using var directory = new TempDirectory();
        File.CreateSymbolicLink(directory.In("dist"), "/usr");
        Assert.Equal("delivery-artifact-escapes", Assert.Single(Check(directory, "[sh]", "dist")).Id);
    }

    [Fact]
    public void Run_PortInUse_IsAFindingUnlessItIsOurs()
    {
        using var directory = new TempDirectory();
        Assert.Equal("delivery-port-in-use", Assert.Single(Check(directory, "[sh]", surroundings: Quiet with { IsListening = _ => true })).Id);
        var file = DeliveryFileReader.ReadFile(directory.In("signalbox.yaml"));
        Assert.Empty(DeliveryFileCheck.Run(file, Quiet with { IsListening = _ => true }, isOurs: (_, _, _) => true));
    }

    [Fact]
    public void OfThisMachine_ListeningSocket_IsSeen()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var machine = DeliverySurroundings.OfThisMachine();
        Assert.True(machine.IsListening(new("127.0.0.1", port)));
    }
}
