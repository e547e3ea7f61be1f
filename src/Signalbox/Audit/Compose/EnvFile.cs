using Signalbox.Yaml;

namespace Signalbox.Audit.Compose;

/// <summary>One variable of an <c>.env</c> file.</summary>
internal sealed record EnvVariable(string Name, string Value, TextRange Range);

/// <summary>A file of variables: <c>.env</c>, <c>.env.production</c>, <c>prod.env</c>.</summary>
/// <param name="IsEncrypted">Whether SOPS or dotenvx encrypted its values.</param>
internal sealed record EnvFile(string Path, IReadOnlyList<EnvVariable> Variables, bool IsEncrypted);

/// <summary>Reads <c>.env</c> files as Compose does: <c>NAME=value</c>, quotes, comments, <c>export</c>. Examples of such files are left out.</summary>
internal sealed class EnvFileReader : Reader
{
    private const int MostVariables = 2000;

    private static readonly string[] s_examples = ["example", "sample", "template", "dist", "defaults", "default", "tmpl", "test", "testing", "schema", "ci", "vault"];

    public override bool Claims(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..].ToLowerInvariant();
        var isNamed = name == ".env" || name.StartsWith(".env.", StringComparison.Ordinal) || name.EndsWith(".env", StringComparison.Ordinal);
        return isNamed && !name.Split('.', '-', '_').Any(p => s_examples.Contains(p));
    }

    public override void Read(SourceFile file, DocumentSink documents)
    {
        var variables = new List<EnvVariable>();
        var text = file.Text.Content;
        for (var start = 0; start < text.Length && variables.Count < MostVariables;)
        {
            var end = text.IndexOf('\n', start) is >= 0 and var found ? found : text.Length;
            if (Variable(text, start, end) is { } variable) variables.Add(variable);
            start = end + 1;
        }
        if (variables.Count > 0) documents.Add(new EnvFile(file.Path, variables, text.Contains("sops_mac=", StringComparison.Ordinal) || text.Contains("DOTENV_PUBLIC_KEY", StringComparison.Ordinal)));
    }

    private static EnvVariable? Variable(string text, int start, int end)
    {
        var line = text.AsSpan(start, end - start).TrimEnd();
        var at = line.IndexOf('=');
        if (at <= 0 || line.TrimStart() is ['#', ..]) return null;
        var name = line[..at].Trim().ToString();
        if (name.StartsWith("export ", StringComparison.Ordinal)) name = name[7..].Trim();
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-')) return null;
        return new(name, Value(line[(at + 1)..].Trim()), new(start, start + line.Length));
    }

    private static string Value(ReadOnlySpan<char> value)
    {
        if (value.Length >= 2 && value[0] is '"' or '\'' && value[1..].IndexOf(value[0]) is >= 0 and var quote) return value.Slice(1, quote).ToString();
        return (value.IndexOf(" #") is >= 0 and var comment ? value[..comment] : value).Trim().ToString();
    }
}
