using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>Reads, writes and prints pipelines.</summary>
internal static class PortableRig
{
    public static IReadOnlyList<Platform> Platforms { get; } = [Platform.GitHubActions, Platform.GitLab, Platform.AzurePipelines, Platform.Jenkins];

    public static (PortablePipeline Pipeline, CarriageLog Log) Read(Platform platform, string text)
    {
        var log = new CarriageLog();
        var read = PipelineConversion.Read(platform, PipelineConversion.FileOf(platform), new YamlText(text), log, out var problem);
        Assert.True(read is not null, $"{platform}: {problem?.Message} at {problem?.Span}\n{text}");
        return (read!, log);
    }

    public static (string Text, CarriageLog Log) Write(Platform platform, PortablePipeline pipeline)
    {
        var log = new CarriageLog();
        return (PipelineConversion.Write(platform, pipeline, log), log);
    }

    /// <summary>What becomes of a pipeline on another platform, and what is said of it on the way.</summary>
    public static (string Text, IReadOnlyList<CarriageNote> Notes) Converted(Platform from, Platform to, string text)
    {
        var (pipeline, read) = Read(from, text);
        var (written, log) = Write(to, pipeline);
        return (written, [.. read.Notes, .. log.Notes]);
    }

    /// <summary>Everything in a model but where it stood.</summary>
    public static string Print(object? value)
    {
        var text = new StringBuilder();
        Print(value, 0, text);
        return text.ToString();
    }

    private static void Print(object? value, int depth, StringBuilder to)
    {
        switch (value)
        {
            case null: to.Append("null\n"); break;
            case string or bool or int or Enum or TimeSpan: to.Append(CultureInfo.InvariantCulture, $"{Line(value)}\n"); break;
            case PortableText said: to.Append(CultureInfo.InvariantCulture, $"\"{Line(said.Render(l => l, Reference))}\"\n"); break;
            case IEnumerable list:
                to.Append('\n');
                foreach (var item in list)
                {
                    to.Append(' ', depth * 2).Append("- ");
                    Print(item, depth + 1, to);
                }
                break;
            default: Members(value, depth, to); break;
        }
    }

    // unlike in a message, with its kind
    private static string Reference(PortableReference r) => r.Kind == ReferenceKind.Foreign ? r.Name! : $"<{r.Kind}{(r.Of is null ? "" : " " + r.Of)}{(r.Name is null ? "" : " " + r.Name)}>";

    private static string Line(object value) => value.ToString()!.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static void Members(object value, int depth, StringBuilder to)
    {
        var type = value.GetType();
        to.Append(type.Name.StartsWith("ValueTuple", StringComparison.Ordinal) ? "pair" : type.Name).Append('\n');
        IEnumerable<(string Name, object? Value)> members = type.IsValueType
            ? type.GetFields().Select(f => (f.Name, f.GetValue(value)))
            : type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0 && p.Name is not ("Source" or "EqualityContract" or "IsPosix" or "Names" or "IdToken" or "IsPrefix" or "IsSimple" or "Text")).OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => (p.Name, p.GetValue(value)));
        foreach (var (name, member) in members)
        {
            if (member is null or false or 0 || (member is IEnumerable and not string && !((IEnumerable)member).Cast<object>().Any() && !(name is "Branches" or "Tags"))) continue;
            to.Append(' ', (depth * 2) + 2).Append(name).Append(": ");
            Print(member, depth + 2, to);
        }
    }

    /// <summary>The report as golden files keep it.</summary>
    public static string Report(YamlText source, params IEnumerable<CarriageNote> notes) =>
        string.Concat(notes.Select(n => $"{(n.Place is { } place ? source.At(place.Start).Line.ToString(CultureInfo.InvariantCulture).PadLeft(4) : "   -")} {n.Kind.ToString().ToLowerInvariant(),-7} {n.What}{(n.Nearest is { } nearest ? $" -> {nearest}" : "")}\n"));
}
