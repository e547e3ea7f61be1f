namespace Signalbox.Delivery.Reading;

/// <summary>The ids of what can be wrong with a delivery file: stable, and each explained in docs/signalbox-yaml.md.</summary>
internal static class DeliveryIds
{
    public const string Empty = "delivery-empty";
    public const string UnknownKey = "delivery-unknown-key";
    public const string MissingKey = "delivery-missing-key";
    public const string WrongType = "delivery-wrong-type";
    public const string InvalidValue = "delivery-invalid-value";
    public const string ConflictingKeys = "delivery-conflicting-keys";
    public const string DuplicateName = "delivery-duplicate-name";
    public const string WeightsOrder = "delivery-weights-order";
    public const string PortConflict = "delivery-port-conflict";
    public const string UnknownTarget = "delivery-unknown-target";
    public const string NotYet = "delivery-not-yet";
    public const string ExclusiveNeedsRecreate = "delivery-exclusive-needs-recreate";
    public const string ShellSyntax = "delivery-shell-syntax";
    public const string StepCutShort = "delivery-step-cut-short";
    public const string NotExpanded = "delivery-not-expanded";
    public const string ArtifactEscapes = "delivery-artifact-escapes";
    public const string TooMany = "delivery-too-many";
    public const string Unreadable = "delivery-unreadable";
    public const string CommandMissing = "delivery-command-missing";
    public const string ArtifactMissing = "delivery-artifact-missing";
    public const string PortInUse = "delivery-port-in-use";

    public const string UnknownJob = "delivery-unknown-job";
    public const string JobCycle = "delivery-job-cycle";
    public const string OutputClash = "delivery-output-clash";

    public static IReadOnlyList<string> All { get; } =
    [
        Empty, UnknownKey, MissingKey, WrongType, InvalidValue, ConflictingKeys, DuplicateName, WeightsOrder, PortConflict,
        UnknownTarget, NotYet, ExclusiveNeedsRecreate, ShellSyntax, StepCutShort, NotExpanded, ArtifactEscapes, TooMany, Unreadable,
        CommandMissing, ArtifactMissing, PortInUse,
        UnknownJob, JobCycle, OutputClash,
    ];
}
