using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Signalbox.Tests;

/// <summary>The house's directions as a table (see the design's layout): who may use whom.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> s_projects = new()
    {
        ["Signalbox.Yaml"] = [],
        ["Signalbox"] = ["Signalbox.Yaml"],
        ["Signalbox.Storage"] = ["Signalbox"],
        ["Signalbox.Host"] = ["Signalbox"],
        ["Signalbox.Server"] = ["Signalbox", "Signalbox.Storage"],
        ["Signalbox.Cli"] = ["Signalbox", "Signalbox.Storage", "Signalbox.Host", "Signalbox.Server"],
    };

    private static readonly Dictionary<string, string[]> s_folders = new()
    {
        ["Diagnostics"] = [],
        ["Outbound"] = ["Diagnostics"],
        ["Ledger"] = ["Diagnostics"],
        ["Evidence"] = ["Delivery", "Diagnostics", "Ledger", "Outbound"],
        ["Analysis"] = ["Diagnostics"],
        ["Delivery"] = ["Diagnostics"],
        ["Identities"] = ["Delivery", "Diagnostics", "Evidence", "Outbound"],
        ["Gates"] = ["Delivery", "Diagnostics", "Evidence", "Ledger"],
        ["Runtimes"] = ["Analysis", "Delivery", "Diagnostics"],
        ["Dora"] = ["Analysis", "Api", "Delivery", "Diagnostics", "Gates", "Ledger", "Rollouts"],
        ["Notifications"] = ["Delivery", "Diagnostics", "Gates", "Ledger", "Rollouts"],
        ["Rollouts"] = ["Analysis", "Api", "Delivery", "Diagnostics", "Gates", "Ledger", "Runbooks", "Runtimes"],
        ["Runbooks"] = ["Delivery", "Diagnostics", "Ledger"],
        ["Pipelines"] = ["Delivery", "Diagnostics"],
        ["Audit"] = ["Delivery", "Diagnostics", "Pipelines"],
        ["Api"] = ["Analysis", "Delivery", "Diagnostics", "Evidence", "Gates", "Ledger", "Runbooks", "Runtimes"],
    };

    [Fact]
    public void Projects_ReferenceOnlyWhatTheTableAllows()
    {
        foreach (var (project, allowed) in s_projects)
        {
            var text = File.ReadAllText(Path.Combine(Root(), "src", project, $"{project}.csproj"));
            var used = ProjectReference().Matches(text).Select(match => match.Groups[1].Value).ToHashSet();
            Assert.True(used.IsSubsetOf(allowed), $"{project} refers to {string.Join(", ", used.Except(allowed))}");
        }
    }

    [Fact]
    public void Folders_UseOnlyWhatTheTableAllows()
    {
        var core = Path.Combine(Root(), "src", "Signalbox");
        var folders = Directory.GetDirectories(core).Select(Path.GetFileName).Where(name => name is not ("bin" or "obj")).ToList();
        Assert.All(folders, folder => Assert.True(s_folders.ContainsKey(folder!), $"src/Signalbox/{folder} has no row in the architecture table"));
        foreach (var (folder, allowed) in s_folders)
            foreach (var file in Directory.EnumerateFiles(Path.Combine(core, folder), "*.cs", SearchOption.AllDirectories))
            {
                var used = Using().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value).Where(name => name != folder && s_folders.ContainsKey(name));
                Assert.True(used.All(allowed.Contains), $"{file} uses {string.Join(", ", used.Except(allowed))}");
            }
    }

    [Fact]
    public void Core_KnowsNoWebServerAndNoCommandLine()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root(), "src", "Signalbox"), "*.cs", SearchOption.AllDirectories))
            Assert.DoesNotContain("using Microsoft.AspNetCore", File.ReadAllText(file), StringComparison.Ordinal);
    }

    /// <summary>What speaks with our own daemons, with workloads, or for a demo; everything else goes out through Outbound.</summary>
    private static readonly string[] s_ownConnections =
    [
        "Signalbox/Outbound/OutboundClient.cs", "Signalbox/Runtimes/Local/HostSocketClient.cs", "Signalbox.Cli/Control/ControlPlaneClient.cs", "Signalbox.Cli/Demo/Traffic.cs", "Signalbox.Cli/Drills/HealthLoad.cs",
        "Signalbox.Host/Routing/UpstreamConnections.cs", "Signalbox.Host/Supervision/InstanceSupervisor.cs",
    ];

    [Fact]
    public void OtherPeoplesServers_AreReachedThroughOneClient()
    {
        var source = Path.Combine(Root(), "src");
        var own = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories).Where(file => Connection().IsMatch(File.ReadAllText(file))).Select(file => Path.GetRelativePath(source, file));
        Assert.Empty(own.Except(s_ownConnections));
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));

    [GeneratedRegex(@"<ProjectReference Include=""[^""]*?/([A-Za-z.]+)\.csproj""")]
    private static partial Regex ProjectReference();

    [GeneratedRegex(@"new (HttpClient|SocketsHttpHandler|HttpClientHandler)\b|HttpClient _?\w+ = new\(")]
    private static partial Regex Connection();

    [GeneratedRegex(@"\bSignalbox\.([A-Z][A-Za-z]+)\b")]
    private static partial Regex Using();
}
