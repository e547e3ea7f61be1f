namespace Signalbox.Cli.Tests;

internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("signalbox-cli-").FullName;

    public string Join(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Join(name))!);
        File.WriteAllText(Join(name), text);
        return Join(name);
    }

    public void Dispose()
    {
        // unpacked artifacts are read-only
        foreach (var directory in Directory.EnumerateDirectories(Path, "*", SearchOption.AllDirectories).Where(d => new DirectoryInfo(d).LinkTarget is null))
            File.SetUnixFileMode(directory, File.GetUnixFileMode(directory) | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.Delete(Path, recursive: true);
    }
}
