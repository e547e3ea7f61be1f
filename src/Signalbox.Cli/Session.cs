using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;

namespace Signalbox.Cli;

/// <summary>One run of one verb: what was asked, where it is answered.</summary>
internal sealed record Session(
    ParseResult Parsed, OutputFormat Format, Installation State, TextWriter Out, TextWriter Error, CancellationToken Cancel)
{
    public bool Json => Format == OutputFormat.Json;

    /// <summary>Whether a person looks on at a terminal: live views and progress only there.</summary>
    public bool Live => !Json && Terminal == Console.Out && Screen.IsInteractive;

    /// <summary>For what moves the cursor: what is said elsewhere is cleaned before it goes there.</summary>
    public TextWriter Terminal => Out is PlainWriter plain ? plain.Terminal : Out;

    public Paint Paint { get; } = Screen.Paint;

    public T? Get<T>(Option<T> option) => Parsed.GetValue(option);

    public T? Get<T>(Argument<T> argument) => Parsed.GetValue(argument);

    /// <summary>Where much text goes at once, to be flushed at its end: the console's own writer makes a system call of every line, and of every 256 characters.</summary>
    public TextWriter InBulk() => Out == Console.Out ? new StreamWriter(Console.OpenStandardOutput(), Out.Encoding, BulkSize) : Out;

    /// <summary>Where a document goes to the letter, however much it looks like a command to a CI job's runner; to a screen it goes as all else does.</summary>
    public TextWriter ToTheLetter => !Console.IsOutputRedirected ? Out : Terminal is JobLog log ? log.Raw : Terminal;

    private const int BulkSize = 64 * 1024;

    /// <summary>What names a control plane elsewhere; null for a verb that works on a state directory.</summary>
    public RemoteChoice? Remote { get; init; }

    public bool IsElsewhere => Remote?.Url is not null;

    public ControlPlaneClient Connect() => TryConnect() ?? throw ControlPlaneErrors.NotRunning(State);

    /// <returns>Null where no control plane runs on the state directory.</returns>
    public ControlPlaneClient? TryConnect() => Remote is { Url: { } url, Token: { } token } ? ControlPlaneClient.Elsewhere(url, token) : ControlPlaneClient.TryConnect(State);

    /// <summary>A line for people about what goes on; programs get the result alone.</summary>
    public void Say(string line)
    {
        if (!Json) Out.WriteLine(line);
    }

    public void WriteJson<T>(T value, JsonTypeInfo<T> type) => Out.WriteLine(JsonSerializer.Serialize(value, type));
}
