using System.Text;
using System.Text.Json;
using Signalbox.Evidence.Sboms.Toml;
using Signalbox.Yaml;

namespace Signalbox.Evidence.Sboms;

/// <summary>A file of the project: its bytes, and its neighbours.</summary>
/// <param name="path">Relative to the project, with forward slashes.</param>
/// <param name="beside">The bytes of another file by its path; null where there is none.</param>
internal sealed class LockSource(string path, byte[] content, LockLimits limits, Func<string, byte[]?> beside)
{
    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    public string Path { get; } = path;

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The folder that it is in, ending with a slash; empty at the top.</summary>
    public string Folder => Path[..(Path.LastIndexOf('/') + 1)];

    /// <summary>A file in the same folder; null where there is none or it is too large.</summary>
    public LockSource? Beside(string name) => beside(Folder + name) is { } bytes && bytes.Length <= limits.MaxBytes ? new(Folder + name, bytes, limits, beside) : null;

    /// <exception cref="LockRefusedException">It is no UTF-8 text.</exception>
    public string Text()
    {
        var bytes = content.AsSpan();
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) bytes = bytes[3..];
        if (bytes.Contains((byte)0)) throw new LockRefusedException("there is a zero byte in it; expected UTF-8 text");
        try
        {
            return s_strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new LockRefusedException("it is not UTF-8 text");
        }
    }

    /// <exception cref="LockRefusedException">It is no JSON object.</exception>
    public JsonElement Json()
    {
        try
        {
            using var document = JsonDocument.Parse(Text(), new() { AllowDuplicateProperties = false, MaxDepth = limits.MaxDepth });
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw new LockRefusedException("it is no JSON object");
        }
        catch (JsonException e)
        {
            throw new LockRefusedException($"it is not JSON as it should be, at line {e.LineNumber + 1}");
        }
    }

    /// <exception cref="LockRefusedException">It is no YAML mapping.</exception>
    public YamlMapping Yaml()
    {
        var document = YamlReader.Read(content, new(limits.MaxBytes, 64, limits.MaxEdges));
        if (document.Problems is [var problem, ..]) throw new LockRefusedException($"it is not YAML as it should be, at line {problem.Span.Line}: {LockGraph.Shown(problem.Message)}");
        return document.Root as YamlMapping ?? throw new LockRefusedException("it is no YAML mapping");
    }

    /// <exception cref="LockRefusedException">It is no TOML.</exception>
    public TomlTable Toml() => TomlReader.Read(Text());
}
