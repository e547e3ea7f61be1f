namespace Signalbox.Host;

/// <summary>A host's name: made once a state directory.</summary>
internal static class HostIdentity
{
    public static string Of(string stateDirectory)
    {
        var path = Path.Combine(stateDirectory, "host.id");
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } known) return known;
        var id = Guid.NewGuid().ToString("N");
        File.WriteAllText(path, id + "\n");
        return id;
    }
}
