using System.Globalization;

namespace Signalbox.Bench.Machine;

/// <summary>bench/apps/server.js outside of Signalbox.</summary>
internal static class NodeServer
{
    public static Daemon Start(Workspace workspace, int version, int port) => new(
        workspace.PathOf($"node-{version}.log"), "node",
        new Dictionary<string, string> { ["PORT"] = port.ToString(CultureInfo.InvariantCulture), ["VERSION"] = Tables.NameOf(version) },
        Path.Combine(Workspace.AppDirectory, "server.js"));
}
