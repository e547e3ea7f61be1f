namespace Signalbox.Delivery.Detection;

internal static class RealPath
{
    private const int MostLinks = 40;

    /// <summary>The path with every link on the way followed, as realpath(3) does.</summary>
    /// <exception cref="IOException">The links run in a circle.</exception>
    public static string Of(string path)
    {
        var links = 0;
        return Of(path, ref links);
    }

    private static string Of(string path, ref int links)
    {
        var real = "/";
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }
            if (++links > MostLinks) throw new IOException($"'{path}' has too many links on its way");
            real = Of(Path.GetFullPath(Path.Combine(real, target)), ref links);
        }
        return real;
    }
}
