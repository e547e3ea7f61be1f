using System.CommandLine;
using System.CommandLine.Parsing;
using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;

namespace Signalbox.Cli;

/// <summary>A verb with the options that all have, and examples in its help.</summary>
internal sealed class Verb : Command
{
    private readonly Option<string> _format;

    private readonly Option<string?> _state = new("--state")
    {
        Description = "state directory (default: $SIGNALBOX_STATE, else ~/.local/state/signalbox)",
        HelpName = "DIR",
    };

    private readonly Option<string?> _url = new("--url")
    {
        Description = "a control plane elsewhere, in place of the state directory's (default: $SIGNALBOX_URL)",
        HelpName = "URL",
    };

    /// <param name="examples">Command lines shown under "Examples"; each one works as it stands.</param>
    public Verb(string name, string description, params string[] examples) : this(name, description, ["text", "json"], examples) { }

    /// <param name="formats">What <c>--format</c> takes, the default first.</param>
    /// <param name="examples">Command lines shown under "Examples"; each one works as it stands.</param>
    public Verb(string name, string description, string[] formats, string[] examples) : base(name, description)
    {
        _format = new Option<string>("--format")
        {
            Description = formats.Length > 2 ? "text for people, the others for programs" : "text for people, json for programs",
            HelpName = string.Join('|', formats),
            DefaultValueFactory = _ => formats[0],
        }.AcceptOnlyFromAmong(formats);
        Add(_format);
        Add(_state);
        HelpPage.Install(this, examples);
        Validators.Add(RefuseMistypedOptions);
    }

    /// <summary>The parser takes an option that it does not know for an argument; a path that looks like one is written ./--so.</summary>
    private static void RefuseMistypedOptions(CommandResult result)
    {
        foreach (var token in result.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens))
            if (token.Value.StartsWith("--", StringComparison.Ordinal)) result.AddError($"'{token.Value}' is no option of this verb");
    }

    /// <summary>Sets what the verb does; its number is the exit code.</summary>
    public Verb Does(Func<Session, Task<int>> run)
    {
        SetAction((parsed, cancel) => run(new Session(
            parsed, FormatOf(parsed), Installation.At(parsed.GetValue(_state)),
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancel)));
        return this;
    }

    /// <summary>Sets what a verb does that only asks a control plane, which may then be elsewhere.</summary>
    public Verb Asks(Func<Session, Task<int>> run)
    {
        Options.Insert(Options.IndexOf(_state) + 1, _url);
        SetAction(async (parsed, cancel) =>
        {
            using var remote = new RemoteChoice(parsed.GetValue(_url), parsed.GetValue(_state));
            var output = parsed.InvocationConfiguration.Output;
            return await run(new Session(
                parsed, FormatOf(parsed), Installation.At(parsed.GetValue(_state)),
                remote.IsNamed && FormatOf(parsed) == OutputFormat.Text ? new PlainWriter(output) : output, parsed.InvocationConfiguration.Error, cancel)
            { Remote = remote }).ConfigureAwait(false);
        });
        return this;
    }

    /// <summary>Whether it prints what programs of anybody's have printed.</summary>
    public bool Relays { get; init; }

    /// <summary>Whether others than this program say what will be printed: programs that it ran, or a control plane that is not this machine's.</summary>
    public static bool IsSaidByOthers(ParseResult parsed) => parsed.CommandResult.Command is Verb verb && (verb.Relays
        || (verb.Options.Contains(verb._url) && (parsed.GetValue(verb._url) is not null || Environment.GetEnvironmentVariable(ControlPlaneUrl.Variable) is { Length: > 0 })));

    /// <summary>The word given to <c>--format</c>, where a verb has more than two.</summary>
    public static string FormatNameOf(ParseResult parsed) =>
        (parsed.CommandResult.Command is Verb verb ? parsed.GetValue(verb._format) : null) ?? "text";

    /// <summary>The format asked for, also where the verb never ran.</summary>
    public static OutputFormat FormatOf(ParseResult parsed) =>
        parsed.CommandResult.Command is Verb verb && parsed.GetValue(verb._format) == "json" ? OutputFormat.Json : OutputFormat.Text;

    /// <summary>A verb that only holds others.</summary>
    public static Command Group(string name, string description, params Command[] verbs)
    {
        var group = new Command(name, description);
        foreach (var verb in verbs) group.Add(verb);
        HelpPage.Install(group);
        return group;
    }
}

internal enum OutputFormat { Text, Json }
