using Signalbox.Yaml;

namespace Signalbox.Audit.Compose;

/// <summary>One service of a Compose file: github.com/compose-spec/compose-spec.</summary>
internal sealed record ComposeService(string Name, YamlMapping Root, YamlEntry Place)
{
    public string Title => $"service '{YamlQuote.Short(Name)}'";

    /// <summary>The image as written, with defaults of variables filled in (<c>${TAG:-1.2}</c>); null where a variable hides it.</summary>
    public WrittenImage? Image => WrittenImage.Parse(ComposeText.Interpolated(Root.Text("image")));

    /// <summary>Whether it is built here: then its image's tag is what the build is called.</summary>
    public bool IsBuilt => Root.Entry("build") is not null;

    /// <summary>Variables and their values; a variable without one is taken from the shell and left out.</summary>
    public IEnumerable<(string Name, string Value, TextRange Range)> Environment => Root.Get("environment") switch
    {
        YamlMapping map => map.Entries().Where(e => e.Value.Text() is not null).Select(e => (e.Key.Value, e.Value.Text()!, e.Range)),
        YamlSequence list => list.Items.OfType<YamlScalar>().Where(i => i.Value.IndexOf('=') > 0).Select(i => (i.Value[..i.Value.IndexOf('=')], i.Value[(i.Value.IndexOf('=') + 1)..], i.Range)),
        _ => [],
    };

    /// <summary>What is mounted: the place on the host, or a volume's name; and where.</summary>
    public IEnumerable<(string Source, string Target, TextRange Range)> Mounts => Root.Get("volumes").Items().Select(v => v switch
    {
        YamlScalar scalar when ComposeText.Interpolated(scalar.Value) is { } text => (Source: text.IndexOf(':') is > 0 and var at ? text[..at] : "", Target: text.Split(':') is [_, var target, ..] ? target : "", v.Range),
        _ => (Source: ComposeText.Interpolated(v.Text("source")) ?? "", Target: v.Text("target") ?? "", v.Range),
    }).Where(m => m.Source.Length > 0);
}

/// <summary>Variables in a Compose file's values.</summary>
internal static class ComposeText
{
    /// <summary>The text with each <c>${NAME:-default}</c> replaced by its default; other variables stay.</summary>
    public static string? Interpolated(string? text)
    {
        if (text is null || !text.Contains("${", StringComparison.Ordinal)) return text;
        for (var from = 0; text.IndexOf("${", from, StringComparison.Ordinal) is >= 0 and var start;)
        {
            var end = text.IndexOf('}', start);
            if (end < 0) break;
            var inner = text[(start + 2)..end];
            var dash = inner.IndexOf('-');
            if (dash < 0)
            {
                from = end;
                continue;
            }
            var value = inner[(dash + 1)..];
            text = text[..start] + value + text[(end + 1)..];
            from = start + value.Length;
        }
        return text;
    }
}
