#include "host/experiment/rank_messages.hpp"

#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "host/config/config_json.hpp"
#include "host/config/names.hpp"
#include "host/config/parse_config.hpp"
#include "host/errors.hpp"

namespace gnc {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const LossSums& sums);
Json json_of(const AcceptedDraw& draw);
Json json_of(const WeightedDraw& draw);
Json json_of(const WeightTally& tally);
Json json_of(const CurvePoint& point);
Json json_of(const PlannedCell& cell);

template <class T>
Json json_list(const std::vector<T>& items) {
  Json list = Json::array();
  for (const T& item : items) list.push_back(json_of(item));
  return list;
}

template <class Read>
auto read_list(const Json& list, const Read& read) {
  std::vector<decltype(read(list))> items;
  for (const Json& item : list) items.push_back(read(item));
  return items;
}

Json json_of(const WideSum& sum) { return {sum.low, sum.high}; }
WideSum read_wide(const Json& json) {
  WideSum sum;
  sum.low = json.at(0).get<std::uint64_t>();
  sum.high = json.at(1).get<std::uint64_t>();
  return sum;
}

Json json_of(const LossSums& sums) {
  return {sums.count, json_of(sums.loss), json_of(sums.square), sums.saturated};
}
LossSums read_losses(const Json& json) {
  return {json.at(0).get<std::uint64_t>(), read_wide(json.at(1)), read_wide(json.at(2)),
          json.at(3).get<std::uint64_t>()};
}

Json json_of(const AcceptedDraw& draw) {
  std::vector<std::uint8_t> Y(draw.Y.size() * sizeof(float));
  if (!Y.empty()) std::memcpy(Y.data(), draw.Y.data(), Y.size());
  return {draw.index, draw.train_loss, draw.gen_loss, Json::binary(std::move(Y))};
}
AcceptedDraw read_accepted(const Json& json) {
  AcceptedDraw draw{json.at(0).get<std::uint64_t>(), json.at(1).get<float>(), json.at(2).get<float>(), {}};
  const auto& Y = json.at(3).get_binary();
  draw.Y.resize(Y.size() / sizeof(float));
  if (!Y.empty()) std::memcpy(draw.Y.data(), Y.data(), draw.Y.size() * sizeof(float));
  return draw;
}

Json json_of(const WeightedDraw& draw) {
  return {draw.index, draw.weight.fraction, draw.weight.exponent, draw.gen_loss};
}
WeightedDraw read_weighted_draw(const Json& json) {
  return {json.at(0).get<std::uint64_t>(),
          {json.at(1).get<double>(), json.at(2).get<std::int64_t>()},
          json.at(3).get<double>()};
}

Json json_of(const WeightTally& tally) {
  Json sums = Json::array();
  for (const ExactSum& sum : tally.sums) {
    Json bands = Json::array();
    for (const auto& [band, wide] : sum.bands()) bands.push_back({band, json_of(wide)});
    sums.push_back(std::move(bands));
  }
  return {tally.nonzero, std::move(sums), json_list(tally.largest), json_list(tally.posterior)};
}
WeightTally read_tally(const Json& json) {
  WeightTally tally;
  tally.nonzero = json.at(0).get<std::uint64_t>();
  for (std::size_t s = 0; s < tally.sums.size(); ++s) {
    for (const Json& band : json.at(1).at(s)) {
      tally.sums[s].add(band.at(0).get<std::int64_t>(), read_wide(band.at(1)));
    }
  }
  tally.largest = read_list(json.at(2), read_weighted_draw);
  tally.posterior = read_list(json.at(3), read_weighted_draw);
  return tally;
}

Json json_of(const CurvePoint& point) {
  return {point.eps_train, point.reached, point.log_rate, point.below, point.gen, point.gen_losses};
}
CurvePoint read_point(const Json& json) {
  const auto real = [&](std::size_t i) { return json.at(i).get<double>(); };
  return {real(0), json.at(1).get<bool>(),
          real(2), json.at(3).get<std::uint64_t>(),
          real(4), json.at(5).get<std::vector<float>>()};
}

Json json_of(const PopulationState& state) {
  std::vector<std::uint8_t> bytes(state.state.size());
  if (!bytes.empty()) std::memcpy(bytes.data(), state.state.data(), bytes.size());
  return {state.levels, state.seconds, Json::binary(std::move(bytes))};
}
PopulationState read_state(const Json& json) {
  PopulationState state{json.at(0).get<int>(), json.at(1).get<double>(), {}};
  const auto& bytes = json.at(2).get_binary();
  state.state.resize(bytes.size());
  if (!bytes.empty()) std::memcpy(state.state.data(), bytes.data(), bytes.size());
  return state;
}

Json json_of(const ChunkResult& result) {
  return {{"drawn", result.drawn},
          {"accepted", json_list(result.accepted)},
          {"prior", json_of(result.prior)},
          {"stored", json_list(result.stored)},
          {"weighted", json_list(result.weighted)}};
}
ChunkResult read_draws(const Json& json) {
  return {json.at("drawn").get<std::uint64_t>(), read_list(json.at("accepted"), read_losses),
          read_losses(json.at("prior")), read_list(json.at("stored"), read_accepted),
          read_list(json.at("weighted"), read_tally)};
}

Json json_of(const PopulationRecord& record) {
  return {{"curve", json_list(record.curve)},
          {"prior", json_of(record.prior)},
          {"passes", record.passes},
          {"level", record.level},
          {"particles", record.particles}};
}
PopulationRecord read_population(const Json& json) {
  return {read_list(json.at("curve"), read_point), read_losses(json.at("prior")),
          json.at("passes").get<std::uint64_t>(), json.at("level").get<double>(),
          json.at("particles").get<std::uint64_t>()};
}

Json json_of(const DrawRange& range) { return {range.begin, range.end}; }
DrawRange read_range(const Json& json) {
  return {json.at(0).get<std::uint64_t>(), json.at(1).get<std::uint64_t>()};
}

Json json_of(const PlannedCell& cell) {
  return {cell.chunk_size, name_of(cell.plan.estimator), cell.plan.budget, cell.plan.reason};
}

Json json_of(const RunPlan& plan) {
  Json json = {{"config", to_json(plan.config)},
               {"engine", plan.engine},
               {"arithmetic", plan.arithmetic},
               {"shard", name_of(plan.shard)},
               {"cells", json_list(plan.cells)}};
  if (plan.problem_json) json["problem"] = *plan.problem_json;
  return json;
}
RunPlan read_plan(const Json& json) {
  RunPlan plan;
  plan.config = parse_config(json.at("config"), "the run of rank 0").config;
  plan.engine = json.at("engine").get<std::string>();
  plan.arithmetic = json.at("arithmetic").get<std::string>();
  plan.shard = parse_shard(json.at("shard").get<std::string>()).value();
  if (json.contains("problem")) plan.problem_json = json.at("problem").get<std::string>();
  const auto n_seeds = static_cast<std::size_t>(plan.config.num_seeds);
  for (const Json& cell : json.at("cells")) {
    const std::size_t number = plan.cells.size();
    const CellPlan cell_plan{estimator_named(cell.at(1).get<std::string>()).value(),
                             cell.at(2).get<std::uint64_t>(), cell.at(3).get<std::string>()};
    plan.cells.push_back({plan.config.points.at(number / n_seeds),
                          static_cast<std::int64_t>(number % n_seeds), cell.at(0).get<std::uint64_t>(),
                          cell_plan});
  }
  return plan;
}

struct Encoder {
  Json operator()(const BeginMessage& message) const { return {{"begin", json_of(message.plan)}}; }
  Json operator()(const RequestMessage& message) const { return {{"request", message.tasks}}; }
  Json operator()(const ChunkTask& task) const {
    Json states = Json::array();
    for (const auto& [population, state] : task.states) states.push_back({population, json_of(state)});
    return {{"task", {task.cell, json_of(task.range), task.max_stored, std::move(states)}}};
  }
  Json operator()(const NoMoreMessage&) const { return {{"no more", true}}; }
  Json operator()(const StopMessage&) const { return {{"stop", true}}; }
  Json operator()(const FinishedWork& work) const {
    constexpr const char* kKinds[] = {"draws", "population", "state"};
    Json json = {{"cell", work.cell},
                 {"range", json_of(work.range)},
                 {"seconds", work.seconds},
                 {"level", work.level}};
    json[kKinds[work.result.index()]] =
        std::visit([](const auto& result) { return json_of(result); }, work.result);
    return {{"finished", std::move(json)}};
  }
  Json operator()(const DoneMessage& message) const { return {{"done", message.interrupted}}; }
  Json operator()(const FailedMessage& message) const { return {{"failed", {message.what, message.usage}}}; }
  Json operator()(const EndMessage& message) const { return {{"end", message.code}}; }
  Json operator()(const GoneMessage&) const { return {{"gone", true}}; }
};

FinishedWork read_work(const Json& json) {
  FinishedWork work;
  work.cell = json.at("cell").get<std::size_t>();
  work.range = read_range(json.at("range"));
  work.seconds = json.at("seconds").get<double>();
  work.level = json.at("level").get<double>();
  if (json.contains("draws")) {
    work.result = read_draws(json.at("draws"));
  } else if (json.contains("population")) {
    work.result = read_population(json.at("population"));
  } else {
    work.result = read_state(json.at("state"));
  }
  return work;
}

Message read_message(const std::string& kind, const Json& json) {
  if (kind == "begin") return BeginMessage{read_plan(json)};
  if (kind == "request") return RequestMessage{json.get<std::uint64_t>()};
  if (kind == "task") {
    ChunkTask task{json.at(0).get<std::size_t>(),
                   read_range(json.at(1)),
                   json.at(2).get<std::vector<std::uint64_t>>(),
                   {}};
    for (const Json& state : json.at(3)) {
      task.states.emplace(state.at(0).get<std::uint64_t>(), read_state(state.at(1)));
    }
    return task;
  }
  if (kind == "no more") return NoMoreMessage{};
  if (kind == "stop") return StopMessage{};
  if (kind == "finished") return read_work(json);
  if (kind == "done") return DoneMessage{json.get<bool>()};
  if (kind == "failed") return FailedMessage{json.at(0).get<std::string>(), json.at(1).get<bool>()};
  if (kind == "end") return EndMessage{json.get<int>()};
  if (kind == "gone") return GoneMessage{};
  throw std::invalid_argument(kind);
}

}  // namespace

std::vector<std::uint8_t> encode(const Message& message) {
  return Json::to_cbor(std::visit(Encoder{}, message));
}

Message decode(const std::vector<std::uint8_t>& bytes) {
  try {
    const Json json = Json::from_cbor(bytes);
    return read_message(json.begin().key(), json.begin().value());
  } catch (const UsageError&) {
    throw;
  } catch (const std::exception& error) {
    throw RunError(std::string("a message between ranks cannot be read: ") + error.what());
  }
}

}  // namespace gnc
