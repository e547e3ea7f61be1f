namespace Signalbox.Cli;

/// <summary>What a verb's end says (docs/cli.md, "Exit codes").</summary>
internal static class ExitCode
{
    public const int Yes = 0;

    /// <summary>A clear no: findings, a rollout taken back, a refusal.</summary>
    public const int No = 1;

    public const int Usage = 2;

    /// <summary>Could not decide: the control plane is not there, a file cannot be read.</summary>
    public const int Undecided = 3;

    /// <summary>128 + SIGINT, as shells count.</summary>
    public const int Interrupted = 130;
}
