#include "broker/admission/log_reader.h"

#include <algorithm>

#include "broker/admission/erasure.h"
#include "broker/core/entitlement.h"
#include "proto/base/limits.h"

namespace rapporteur::admission {

LogReader::LogReader(const journal::JournalReader& reader, const Questions& questions,
                     core::EventSink& answers)
    : reader_(reader), questions_(questions), answers_(answers), thread_([this] { run(); }) {}

LogReader::~LogReader() {
  stop();
}

void LogReader::take(core::ReadChunk job) {
  {
    const std::lock_guard lock(mutex_);
    chunks_.push_back(job);
  }
  filled_.notify_one();
}

void LogReader::take(core::FindStart job) {
  push(std::move(job));
}

void LogReader::take(core::FindExpired job) {
  push(std::move(job));
}

void LogReader::take(core::Ask job) {
  push(std::move(job));
}

void LogReader::push(Job job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  filled_.notify_one();
}

void LogReader::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  filled_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void LogReader::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    filled_.wait(lock, [&] { return stopped_ || !chunks_.empty() || !jobs_.empty(); });
    if (stopped_) return;
    if (!chunks_.empty()) {
      const core::ReadChunk chunk = chunks_.front();
      chunks_.pop_front();
      lock.unlock();
      carry_out(chunk);
    } else {
      Job job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      std::visit([this](auto&& content) { carry_out(std::forward<decltype(content)>(content)); },
                 std::move(job));
    }
    lock.lock();
  }
}

void LogReader::post(core::Event event) {
  std::vector<core::Event> events;
  events.push_back(std::move(event));
  answers_.post(std::move(events));
}

void LogReader::carry_out(core::ReadChunk job) {
  const auto read =
      reader_.entries(job.first, job.end.value - job.first.value, limits::kChunkBytes, true);
  if (!read) return post(core::ChunkFailed{job.first, read.error()});
  core::Chunk chunk{job.first, job.first, {}, 0};
  for (const auto& entry : *read) {
    auto item = core::make_item({entry.index, entry.nonce, entry.record, entry.salt, entry.body});
    if (!item) return post(core::ChunkFailed{job.first, item.error()});
    if (*item != nullptr) core::add(chunk, std::move(*item));
    chunk.end = LogIndex{entry.index.value + 1};
  }
  post(core::ChunkRead{std::move(chunk)});
}

Result<LogIndex> LogReader::first_not_older(std::uint64_t time_ms, TreeSize size) const {
  std::uint64_t low = 0;
  std::uint64_t high = size.value;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    const auto entry = reader_.entry(LogIndex{middle});
    if (!entry) return tl::unexpected(entry.error());
    v1::Record record;
    if (!record.ParseFromString(entry->record)) {
      return fail(ErrorKind::kMalformed, "record cannot be read",
                  "log entry " + std::to_string(middle));
    }
    if (record.time_ms() < time_ms) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return LogIndex{low};
}

void LogReader::carry_out(core::FindStart job) {
  if (job.time_ms) {
    return post(core::StartFound{job.token, first_not_older(*job.time_ms, job.size)});
  }
  if (job.skip > 0 && job.from.value < job.size.value) {
    const auto count =
        std::min<std::uint64_t>(limits::kChunkEntries, job.size.value - job.from.value);
    const auto read = reader_.entries(job.from, count, limits::kChunkBytes, false);
    if (!read) return post(core::StartFound{job.token, tl::unexpected(read.error())});
    for (const auto& entry : *read) {
      if (job.skip == 0) break;
      const auto item = core::make_item({entry.index, entry.nonce, entry.record, {}, {}});
      if (!item) return post(core::StartFound{job.token, tl::unexpected(item.error())});
      if (*item != nullptr && core::filter_admits(job.filter, **item) &&
          core::entitled(*job.directory, job.participant, **item)) {
        --job.skip;
      }
      job.from = LogIndex{entry.index.value + 1};
    }
    if (!read->empty()) return push(std::move(job));
  }
  post(core::StartFound{job.token, job.from});
}

void LogReader::carry_out(const core::FindExpired& job) {
  post(core::ExpiredFound{job.sweep, find_expired(job, reader_)});
}

void LogReader::carry_out(core::Ask job) {
  post(questions_.answer(std::move(job)));
}

}  // namespace rapporteur::admission
