using System.Globalization;
using Signalbox.Storage;

namespace Signalbox.Server;

/// <summary>The port of an installation that was not told one: kept, so that addresses stay what they were.</summary>
internal static class ListenPort
{
    /// <summary>The one it had last, where it is known, and the usual one.</summary>
    public static IEnumerable<int> Candidates(string stateDirectory)
    {
        var path = Path.Combine(stateDirectory, StateDirectory.PortFile);
        if (File.Exists(path) && int.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var last) && last is > 0 and <= ushort.MaxValue)
            yield return last;
        yield return ServeOptions.DefaultPort;
    }

    public static void Remember(StateDirectory state, int port) =>
        StateDirectory.WriteSecret(state.PortPath, port.ToString(CultureInfo.InvariantCulture) + "\n");
}
